import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import { completed, defaultPolicy, type Policy, type Rules, trialRules } from '#contract/policy/policy.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import type { Control } from '#gateway/server/control-port.ts';
import { createControlRules } from '#gateway/server/control-rules.ts';
import { defaultLimits } from '#gateway/server/limits.ts';
import type { Sessions } from '#gateway/server/sessions.ts';
import type { Store } from '#gateway/store/store.ts';
import { hoursEndingSoon } from '#test/fixtures/gateway/hours.ts';
import { postureReport } from '#test/fixtures/gateway/statements.ts';

const minuteMs = 60_000;
const { hours, end } = hoursEndingSoon(Date.UTC(2026, 10, 20, 9));

/* With the limits of real life; integration tests shorten them. */
describe('the rules of a connection', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function start(change: Rules, options: { at?: number; storeFails?: boolean } = {}) {
    const { at = end - 60 * minuteMs } = options;
    vi.setSystemTime(at);
    let policy: Policy = completed({ ...trialRules, ...change });
    let live = true;
    const did: string[] = [];
    const log: string[] = [];
    const control = {
      caller: { device: 'd', user: 'u', fingerprint: 'f' },
      send: (message: GatewayMessage) =>
        did.push(message.type === 'policy' ? `policy ${message.policy}` : message.type),
    } as unknown as Control;
    const sessions = {
      of: () => (live ? [{ sid: 's', desk: 'pc-1', state: 'open' }] : []),
      end: (_: string, reason: string) => {
        did.push(`end ${reason}`);
        live = false;
      },
    } as unknown as Sessions;
    const store = {
      desk: () => {
        if (options.storeFails) throw new Error('disk gone');
        return { class: null };
      },
    } as unknown as Store;
    let reported: number | undefined;
    let tokens: Promise<string> = Promise.resolve('token');
    const rules = createControlRules(control, {
      ...{ sessions, store, limits: defaultLimits, source: '10.1.2.3' },
      policies: { effective: () => ({ policy, origins: {} }), token: () => tokens },
      testimony: { take: vi.fn(), tell: vi.fn(), pin: vi.fn(), weigh: () => [] },
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      logger: createLogger({ sink: (line) => log.push(line), now: Date.now, context: 'test', level: 'warn' }),
      signIn: { version: () => '1.0.0', atMost: (seconds) => did.push(`at most ${seconds}`) },
      said: {
        posture: () => (reported === undefined ? undefined : { report: postureReport(), at: reported }),
        path: () => undefined,
        disbelieved: () => false,
      },
    });
    return {
      ...{ rules, did, log },
      change: (more: Rules) => {
        policy = completed({ ...policy, ...more, version: policy.version + 1 });
      },
      report: () => {
        reported = performance.now();
      },
      failTokens: () => {
        tokens = Promise.reject(new Error('no key'));
        tokens.catch(() => undefined);
      },
      forget: () => {
        did.length = 0;
      },
    };
  }
  const begun = (...args: Parameters<typeof start>) => {
    const t = start(...args);
    t.rules.begin(Promise.resolve());
    t.rules.sessionBegins();
    return t;
  };

  it('tell of the end of the hours at ten minutes and at two, and end the session on the minute', () => {
    const t = begun({ hours });
    const steps: [number, string[]][] = [
      [50 * minuteMs - 1, []],
      [1, ['closing']],
      [8 * minuteMs - 1, ['closing']],
      [1, ['closing', 'closing']],
      [2 * minuteMs - 1, ['closing', 'closing']],
      [1, ['closing', 'closing', 'end hoursOver']],
    ];
    for (const [ms, expected] of steps) {
      vi.advanceTimersByTime(ms);
      expect(t.did).toEqual(expected);
    }
    t.rules.stop();
  });

  it('notice within half a minute that the clock has jumped', () => {
    const t = begun({ hours });
    vi.setSystemTime(end + 1);
    vi.advanceTimersByTime(defaultLimits.signInLookMs);
    expect(t.did).toEqual(['end hoursOver']);
    t.rules.stop();
  });

  it('end a session with its hours while the store cannot be read, and nothing else', () => {
    const t = begun({ hours }, { storeFails: true });
    vi.advanceTimersByTime(60 * minuteMs - 1);
    expect(t.did).not.toContain('end hoursOver');
    vi.advanceTimersByTime(defaultLimits.signInLookMs);
    expect(t.did.at(-1)).toBe('end hoursOver');
    expect(t.log.length).toBeGreaterThan(0);
    t.rules.stop();
  });

  it('wait three times as long as a report may take, from the last one on', () => {
    const demanded = { firewall: { action: 'refuse', graceDays: 0 }, postureSeconds: 600 } as const;
    const t = begun(demanded);
    for (let n = 0; n < 5; n++) {
      vi.advanceTimersByTime(29 * minuteMs);
      t.report();
    }
    vi.advanceTimersByTime(30 * minuteMs);
    expect(t.did).toEqual([]);
    vi.advanceTimersByTime(defaultLimits.signInLookMs);
    expect(t.did).toEqual(['end postureMissing']);
    t.rules.stop();
  });

  it('wait no longer for a report because the office decides something about others meanwhile', async () => {
    const t = begun({ firewall: { action: 'refuse', graceDays: 0 }, postureSeconds: 600 });
    for (let n = 0; n < 4; n++) {
      await vi.advanceTimersByTimeAsync(10 * minuteMs);
      // The version grows, and nothing else.
      t.change({});
      t.rules.follow();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(t.did).toEqual(['end postureMissing']);
    t.rules.stop();
  });

  it('are sent when they change, after authOk, and before what follows from them', async () => {
    const t = start({});
    let welcome = (): void => undefined;
    t.rules.begin(
      new Promise((resolve) => {
        welcome = resolve;
      }),
    );
    t.change({ networks: [], sessionSeconds: 60 });
    t.rules.follow();
    // A report comes in between.
    t.rules.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(t.did).toEqual(['at most 60']);
    welcome();
    await vi.advanceTimersByTimeAsync(0);
    expect(t.did).toEqual(['at most 60', 'policy token', 'end networkRefused']);
    t.rules.follow();
    await vi.advanceTimersByTimeAsync(0);
    expect(t.did).toHaveLength(3);
    t.rules.stop();
  });

  it('hold even when they cannot be sent', async () => {
    const t = begun({});
    t.failTokens();
    t.change({ minimumVersion: '9.0.0' });
    t.rules.follow();
    await vi.advanceTimersByTimeAsync(0);
    expect(t.did).toEqual([`at most ${defaultPolicy.sessionSeconds}`, 'end clientTooOld']);
    t.rules.stop();
  });

  it('do nothing before the sign-in and after the end', async () => {
    const t = start({ hours }, { at: end + minuteMs });
    t.rules.follow();
    t.rules.look();
    expect(t.did).toEqual([]);
    t.rules.begin(Promise.resolve());
    expect(t.did).toEqual(['end hoursOver']);
    t.rules.stop();
    t.forget();
    t.change({});
    t.rules.follow();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    expect(t.did).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
