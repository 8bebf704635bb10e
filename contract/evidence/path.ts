import * as v from 'valibot';
import type { ErrorName } from '../errors/catalogue.ts';

/** What must lead nowhere from a laptop whose path is closed. */
export const pathProbes = ['dns', 'ipv4', 'ipv6', 'proxy', 'lan'] as const;
export type PathProbe = (typeof pathProbes)[number];

/** `untried`: there was nothing to try (no proxy set, no neighbour, no IPv6 address), so nothing can leak that way now. */
const pathResultSchema = v.strictObject({
  probe: v.picklist(pathProbes),
  outcome: v.picklist(['blocked', 'leaks', 'untried']),
  /** What was tried, or answered: `192.0.2.1:443`. */
  detail: v.optional(v.pipe(v.string(), v.maxLength(120))),
});
export type PathResult = Readonly<v.InferOutput<typeof pathResultSchema>>;

export const pathReportSchema = v.strictObject({
  results: v.pipe(v.array(pathResultSchema), v.maxLength(pathProbes.length)),
});
export type PathReport = Readonly<v.InferOutput<typeof pathReportSchema>>;

export const pathErrors = {
  dns: 'leakDns',
  ipv4: 'leakIpv4',
  ipv6: 'leakIpv6',
  proxy: 'leakProxy',
  lan: 'leakLan',
} as const satisfies Record<PathProbe, ErrorName>;

/** The first leak, in the order of `pathProbes`; `pathUnchecked` where a probe is missing; undefined when it is closed. */
export function leakOf(report: PathReport | undefined): ErrorName | undefined {
  for (const probe of pathProbes) {
    const result = report?.results.find((one) => one.probe === probe);
    if (result === undefined) return 'pathUnchecked';
    if (result.outcome === 'leaks') return pathErrors[probe];
  }
  return undefined;
}
