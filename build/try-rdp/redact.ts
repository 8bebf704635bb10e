/** What stands where something was that must not be told. */
export const removed = '(removed)';

/** Shorter ones are found in words that tell nothing. */
const leastLetters = 3;

/**
 * The second look at a report, which names nobody by the way it is made: any text in it that has one of these in it is
 * taken out whole. Its keys are our own. @param secrets passwords, names, addresses, in any case of letters
 */
export function withoutSecrets<T>(report: T, secrets: readonly string[]): T {
  const known = secrets.map((secret) => secret.trim().toLowerCase()).filter(({ length }) => length >= leastLetters);
  const tells = (text: string) => known.some((secret) => text.toLowerCase().includes(secret));
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return tells(value) ? removed : value;
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]));
  };
  return clean(report) as T;
}
