import { deskErrors } from './entries/desk.ts';
import { deskLogonErrors } from './entries/desk-logon.ts';
import { gatewayErrors } from './entries/gateway.ts';
import { internalErrors } from './entries/internal.ts';
import { laptopErrors } from './entries/laptop.ts';
import { networkErrors } from './entries/network.ts';
import { ruleErrors } from './entries/rules.ts';
import { screenErrors } from './entries/screen.ts';
import { signInErrors } from './entries/sign-in.ts';
import type { CatalogueEntry } from './entry.ts';

/**
 * Every failure that a person may meet: one code each, with its cause, what the staff member does and what the
 * helpdesk does, in Japanese (source) and English. Codes are digits, because they are read out over the telephone;
 * the first digit is the stage: 1 network, 2 gateway and TLS, 3 sign-in and grants, 4 desk PC, 5 remote screen,
 * 6 this laptop, 7 the office's rules, 9 internal. A code is never reused for another meaning.
 */
export const catalogue = {
  ...networkErrors,
  ...gatewayErrors,
  ...signInErrors,
  ...deskErrors,
  ...deskLogonErrors,
  ...screenErrors,
  ...laptopErrors,
  ...ruleErrors,
  ...internalErrors,
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorName = keyof typeof catalogue;

export const errorNames = Object.keys(catalogue) as readonly ErrorName[];

export function isErrorName(value: unknown): value is ErrorName {
  return typeof value === 'string' && Object.hasOwn(catalogue, value);
}

/** Fills {placeholders}; one that is not given becomes a dash, so no brace ever reaches a person. */
export function fillText(text: string, details: Readonly<Record<string, string | number | boolean>>): string {
  return text.replace(/\{(\w+)\}/g, (_, key: string) => (Object.hasOwn(details, key) ? String(details[key]) : '–'));
}
