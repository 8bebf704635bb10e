import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CodeKind, codeLengths, makeCode } from '#contract/identity/code.ts';

const emergencyCount = 10;
const saltBytes = 16;

export function newRandomCode(kind: CodeKind): string {
  return makeCode(kind, randomBytes(codeLengths[kind]));
}

/** How the store knows an enrolment code. It has 75 random bits: no slow hash is needed. @param code bare. */
export function enrolmentHash(code: string): string {
  return createHash('sha256').update(`hanare-code ${code}`).digest('hex');
}

export type SaltedCode = Readonly<{ salt: Uint8Array; hash: string }>;

/** @returns the bare codes, different ones, each with what the store keeps of it. */
export function newEmergencyCodes(): { code: string; kept: SaltedCode }[] {
  const codes = new Set<string>();
  while (codes.size < emergencyCount) codes.add(newRandomCode('emergency'));
  return [...codes].map((code) => {
    const salt = randomBytes(saltBytes);
    return { code, kept: { salt, hash: emergencyHash(salt, code) } };
  });
}

/** @param code bare. @returns the hash of the one that it is. */
export function findEmergencyCode(kept: readonly SaltedCode[], code: string): string | undefined {
  return kept.find(({ salt, hash }) => timingSafeEqual(Buffer.from(emergencyHash(salt, code)), Buffer.from(hash)))
    ?.hash;
}

/**
 * What a laptop that locked itself accepts for its challenge (docs/protocol.md).
 * @param unlockKey 32 bytes, the device's. @param challenge bare. @returns bare.
 */
export function unlockAnswer(unlockKey: Uint8Array, challenge: string): string {
  return makeCode('unlock', createHmac('sha256', unlockKey).update(`hanare-unlock-1 ${challenge}`).digest());
}

function emergencyHash(salt: Uint8Array, code: string): string {
  return createHash('sha256').update(salt).update(code).digest('hex');
}
