import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '#contract/wire/messages.ts';
import { differentMachine, mergeMachine } from '#gateway/identity/machine.ts';

const fact = fc.constantFrom(null, 'a', 'b');
const machines: fc.Arbitrary<Machine> = fc.record({
  uuid: fact,
  serial: fact,
  macs: fc.subarray(['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03']),
});
const silent: Machine = { uuid: null, serial: null, macs: [] };

describe('two sets of machine facts', () => {
  it.each([
    ['another UUID', { uuid: 'a' }, { uuid: 'b' }, true],
    ['another serial number', { serial: 'a' }, { serial: 'b' }, true],
    ['no address in common', { macs: ['x'] }, { macs: ['y', 'z'] }, true],
    ['one address in common', { macs: ['x', 'y'] }, { macs: ['y', 'z'] }, false],
    ['a UUID known on one side only', { uuid: 'a' }, {}, false],
    ['addresses known on one side only', { macs: ['x'] }, {}, false],
  ])('with %s', (_, one, other, expected) => {
    expect(differentMachine({ ...silent, ...one }, { ...silent, ...other })).toBe(expected);
  });

  it('are of one machine with themselves and with silence, and differ either way round', () => {
    fc.assert(
      fc.property(machines, machines, (one, other) => {
        expect(differentMachine(one, one)).toBe(false);
        expect(differentMachine(one, silent)).toBe(false);
        expect(differentMachine(one, other)).toBe(differentMachine(other, one));
      }),
    );
  });

  it('show a change also after silence in between', () => {
    fc.assert(
      fc.property(machines, machines, (one, other) => {
        expect(mergeMachine(one, silent)).toEqual(one);
        expect(differentMachine(mergeMachine(one, silent), other)).toBe(differentMachine(one, other));
        expect(differentMachine(mergeMachine(one, other), other)).toBe(false);
      }),
    );
    expect(mergeMachine(null, silent)).toEqual(silent);
  });
});
