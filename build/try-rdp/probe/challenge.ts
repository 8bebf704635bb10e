import { parseChallenge } from '#main/desk/rdp/ntlm-messages.ts';

/** What is told of a host's NTLM challenge. Its names are private: only whether each is there. */
export type ChallengeFacts = Readonly<{
  /** VERSION (MS-NLMP 2.2.2.10), which on Windows is the system's own, as 10.0.22631; null where it says none. */
  systemVersion: string | null;
  ntlmRevision: number | null;
  names: Readonly<{ computer: boolean; domain: boolean; dnsComputer: boolean; dnsDomain: boolean; forest: boolean }>;
  /** The domain is another name than the computer's. */
  inDomain: boolean;
  /** The time is there, so that a message integrity code is asked for. */
  timestamp: boolean;
}>;

/** AV_PAIR ids of names (2.2.2.1). */
const nameIds = { computer: 1, domain: 2, dnsComputer: 3, dnsDomain: 4, forest: 5 } as const;
const timestampId = 7;
const versionFlag = 0x0200_0000;
const versionAt = 48;

/** @param token a CHALLENGE_MESSAGE (2.2.1.2). @throws RdpProblem where the app would not take it either */
export function describeChallenge(token: Uint8Array): ChallengeFacts {
  const { pairs } = parseChallenge(token);
  const bytes = Buffer.from(token);
  const told = (bytes.readUInt32LE(20) & versionFlag) !== 0 && bytes.length >= versionAt + 8;
  const name = (id: number) => Buffer.from(pairs.find((pair) => pair.id === id)?.value ?? []).toString('utf16le');
  const has = (id: number) => name(id) !== '';
  const { computer, domain, dnsComputer, dnsDomain, forest } = nameIds;
  return {
    systemVersion: told ? `${bytes[versionAt]}.${bytes[versionAt + 1]}.${bytes.readUInt16LE(versionAt + 2)}` : null,
    ntlmRevision: told ? bytes[versionAt + 7]! : null,
    names: {
      computer: has(computer),
      domain: has(domain),
      dnsComputer: has(dnsComputer),
      dnsDomain: has(dnsDomain),
      forest: has(forest),
    },
    inDomain: has(domain) && name(domain).toUpperCase() !== name(computer).toUpperCase(),
    timestamp: pairs.some(({ id }) => id === timestampId),
  };
}
