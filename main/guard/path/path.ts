import type { PathProbe, PathReport, PathResult } from '#contract/evidence/path.ts';
import { pathProbes } from '#contract/evidence/path.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Address } from '#contract/wire/enrol.ts';
import { createTurns } from '../../identity/turns.ts';
import type { System } from '../system.ts';
import { addressesOf, shown } from './addresses.ts';
import { readOwnRefusals } from './own-refusals.ts';
import { type Environment, lookAround } from './surroundings.ts';
import { type PathTargets, planTargets, type Target } from './targets.ts';
import { type Outcome, tryTarget, tryWatching } from './tries.ts';

/*
 * The closed path, seen from inside. Each probe sends what must not get out, and asks one thing: has THIS laptop refused
 * it, at once? Only that is `blocked`. An answer is a leak, and so is silence, because from inside nothing tells a packet
 * that a firewall has dropped from one that is on its way. So a rule set has to reject, as the kitting profile does
 * (build/kitting/linux; the Windows firewall refuses a connect by itself), and one that only drops is reported as open.
 * A refusal from elsewhere (a router's ICMP, a neighbour's reset) has reached elsewhere, and is a leak too: own-refusals.ts.
 *
 * No service is contacted: what is sent outside goes to addresses that nobody has, datagrams with one hop to live. The
 * laptop's own resolvers, proxies and neighbours are tried because its settings name them.
 *
 * What this cannot find is a hole for one outside address that nobody thought of. The profile's own check reads the rules.
 */

/** How long one try may take. IPv6 refusals are told after one second (the first retransmission), on an idle laptop. */
const limitMs = 1_700;
/** How long the kernel's counter may take to show a refusal that has been made. */
const counterMs = 250;

/**
 * Tries the five ways out. Takes a few milliseconds on a closed laptop without IPv6, about a second with it, two where
 * packets vanish.
 * @param o.gateway is left out: it is open by design. @param o.targets in place of what is found, for tests.
 * @returns a result for each probe that could be tried; one that failed has none, which counts as unchecked
 * @throws the signal's reason
 */
export async function probePath(o: {
  gateway: Address;
  system: System;
  log: Logger;
  signal?: AbortSignal;
  targets?: Partial<PathTargets>;
  environment?: Environment;
}): Promise<PathReport> {
  const signal = o.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const [around, gateway] = await Promise.all([
    lookAround(o.system, o.environment ?? process.env),
    addressesOf(o.gateway.host, limitMs),
  ]);
  const targets = { ...planTargets(around, [o.gateway.host, ...gateway]), ...o.targets };
  const options = { platform: o.system.platform, limitMs, signal };
  const turns = createTurns();

  async function outcomesOf(target: Target): Promise<readonly Tried[]> {
    const addresses = await addressesOf(target.host, limitMs);
    // A name that leads nowhere is no way out. Whether names can be looked up at all is another probe's question.
    if (addresses.length === 0) return [{ target, state: 'blocked', note: 'no such name' }];
    return Promise.all(
      addresses.slice(0, 2).map(async (host) => {
        const at = { ...target, host };
        return { target: at, ...(await tryTarget(at, options)) };
      }),
    );
  }

  /** One at a time, so that a step of the counter belongs to the one try that is under way. */
  async function settle(tried: Tried): Promise<Tried> {
    if (tried.state !== 'doubtful') return tried;
    const family = tried.target.host.includes(':') ? 'ipv6' : 'ipv4';
    const here = await turns(async () => {
      signal.throwIfAborted();
      const before = await readOwnRefusals(o.system);
      if (before === null) return false;
      return tryWatching(tried.target, counterMs, async () => {
        const now = await readOwnRefusals(o.system);
        return now !== null && now[family] > before[family];
      });
    });
    return here
      ? { ...tried, state: 'blocked', note: 'refused here' }
      : { ...tried, state: 'leaks', note: 'refused elsewhere' };
  }

  // First all at once, then the doubtful ones: a first try that still runs would move the counter.
  const attempts = await Promise.all(
    pathProbes.map(async (probe) => ({ probe, tried: await Promise.allSettled(targets[probe].map(outcomesOf)) })),
  );
  signal.throwIfAborted();
  const results = await Promise.all(
    attempts.map(async ({ probe, tried }): Promise<PathResult[]> => {
      const failed = tried.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
      const settled = await Promise.all(
        tried.flatMap((each) => (each.status === 'fulfilled' ? each.value.map(settle) : [])),
      );
      const result = resultOf(probe, settled, failed.length > 0);
      for (const error of failed) o.log.warn('A way out could not be tried', { probe, error });
      if (result?.outcome === 'leaks') o.log.warn('The path is open', { probe, detail: result.detail });
      return result ? [result] : [];
    }),
  );
  signal.throwIfAborted();
  return { results: results.flat() };
}

type Tried = Outcome & Readonly<{ target: Target }>;

/** One leak decides; after that, one try that failed leaves the question open. */
function resultOf(probe: PathProbe, tried: readonly Tried[], incomplete: boolean): PathResult | undefined {
  const leak = tried.find(({ state }) => state === 'leaks');
  if (leak) return { probe, outcome: 'leaks', detail: detailOf(leak) };
  if (incomplete) return undefined;
  const [first] = tried;
  if (!first) return { probe, outcome: 'untried' };
  const more = tried.length > 1 ? ` (+${tried.length - 1})` : '';
  return { probe, outcome: 'blocked', detail: `${detailOf(first)}${more}` };
}

function detailOf({ target, note }: Tried): string {
  return `${target.transport} ${shown(target)} ${note}`.slice(0, 100);
}
