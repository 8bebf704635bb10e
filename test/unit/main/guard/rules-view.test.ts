import { describe, expect, it } from 'vitest';
import { pathProbes } from '#contract/evidence/path.ts';
import { type PostureReport, postureItems } from '#contract/evidence/posture.ts';
import type { RulesView } from '#contract/ipc/state.ts';
import { defaultPolicy } from '#contract/policy/policy.ts';
import { ruleNames } from '#contract/policy/rules.ts';
import { type Sightings, viewRules } from '#main/guard/rules-view.ts';

const unseen: Sightings = { usb: null, capture: null, path: null };
const allGood: PostureReport = {
  ...{ os: 'linux', client: '1.0.0' },
  facts: postureItems.map((item) => ({ item, state: 'good', set: 'yes', effective: 'yes' })),
};
const view = (sightings: Partial<Sightings> = {}, posture: RulesView['posture'] = null) =>
  viewRules({ policy: defaultPolicy, origins: { usb: 'site' }, sightings: { ...unseen, ...sightings }, posture });
const rule = (name: string, ...from: Parameters<typeof view>) => view(...from).find((one) => one.name === name)!;

describe('the rules as they stand', () => {
  it('are all of them, each with its value and who has decided it', () => {
    expect(view().map(({ name }) => name)).toEqual(ruleNames);
    expect(rule('usb')).toMatchObject({ value: 'pause', origin: 'site' });
    expect(rule('capture')).toMatchObject({ origin: 'default' });
  });

  it('are never called effective where nobody has looked', () => {
    for (const name of ['usb', 'capture', 'closedPath', ...postureItems]) {
      expect(rule(name), name).toMatchObject({ effective: 'unknown', checkedAt: null, failure: null });
    }
    // What only the office can see.
    for (const name of ['hours', 'networks', 'refusedDeskClasses', 'minimumVersion']) {
      expect(rule(name), name).toMatchObject({ effective: 'unknown', checkedAt: null });
    }
  });

  it('are effective by themselves where the app alone keeps them', () => {
    expect(rule('idleSeconds')).toMatchObject({ set: 'yes', effective: 'yes', checkedAt: null });
  });

  it('tell set from effective for what the system does', () => {
    const facts = [{ item: 'usbBlock', state: 'bad', set: 'yes', effective: 'no' }] as const;
    const posture = { at: 5, report: { ...allGood, facts: [...facts] }, verdicts: [] };
    expect(rule('usbBlock', {}, posture)).toMatchObject({
      ...{ set: 'yes', effective: 'no', checkedAt: 5, failure: { reason: 'usbBlockMissing', details: {} } },
    });
    // Not reported at all.
    expect(rule('firewall', {}, posture)).toMatchObject({ set: 'unknown', failure: { reason: 'firewallOff' } });
    expect(rule('firewall', {}, { ...posture, report: allGood })).toMatchObject({ effective: 'yes', failure: null });
  });

  it('name the leak of a path that is not closed', () => {
    const report = (leaks: string) => ({
      results: pathProbes.map((probe) => ({
        probe,
        outcome: probe === leaks ? ('leaks' as const) : ('blocked' as const),
      })),
    });
    expect(rule('closedPath', { path: { at: 7, what: report('none') } })).toMatchObject({
      effective: 'yes',
      failure: null,
    });
    expect(rule('closedPath', { path: { at: 7, what: report('ipv6') } })).toMatchObject({
      ...{ effective: 'no', checkedAt: 7, failure: { reason: 'leakIpv6', details: {} } },
    });
  });

  it('name what is plugged in', () => {
    const failure = { reason: 'usbStorageFound', details: { device: 'Stick' } } as const;
    expect(rule('usb', { usb: { at: 3, what: failure } })).toMatchObject({ effective: 'no', checkedAt: 3, failure });
    expect(rule('usb', { usb: { at: 3, what: null } })).toMatchObject({ effective: 'yes', failure: null });
  });
});
