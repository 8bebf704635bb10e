import { describe, expect, test } from 'vitest';
import { parseBenchArguments, UsageError, viewerNames } from '#test/bench/arguments.ts';
import { workloadNames } from '#test/bench/workloads.ts';

describe('the arguments of npm run bench', () => {
  test('mean everything when there are none', () => {
    expect(parseBenchArguments([])).toEqual({
      workloads: workloadNames,
      viewers: viewerNames.filter((name) => name !== 'xfreerdp'),
      desk: 'vnc',
      seconds: 5,
      profile: false,
      help: false,
    });
  });

  test('choose workloads and viewers, in the program’s own order', () => {
    const chosen = parseBenchArguments(['--only', 'scroll,drag', '--viewer=direct,vncviewer', '--seconds', '3.5']);
    expect(chosen.workloads).toEqual(['drag', 'scroll']);
    expect(chosen.viewers).toEqual(['vncviewer', 'direct']);
    expect(chosen.seconds).toBe(3.5);
  });

  test('shorten with --quick, and what is named besides still counts', () => {
    expect(parseBenchArguments(['--quick'])).toMatchObject({ workloads: ['drag', 'full'], seconds: 2 });
    expect(parseBenchArguments(['--quick', '--only', 'typing', '--seconds', '4'])).toMatchObject({
      workloads: ['typing'],
      seconds: 4,
    });
  });

  test('take the native viewer of the desk', () => {
    expect(parseBenchArguments(['--desk', 'shadow3'])).toMatchObject({
      ...{ desk: 'shadow3', viewers: ['xfreerdp', 'direct', 'app'] },
    });
  });

  test.each(['shadow', 'shadow3', 'xrdp09', 'xrdp10'])('leave out what only VNC tells apart: %s', (desk) => {
    expect(parseBenchArguments(['--desk', desk]).workloads).toEqual(['drag', 'scroll', 'full', 'typing']);
  });

  test('ask for a profile of one workload', () => {
    expect(parseBenchArguments(['--profile', '--only', 'scroll'])).toMatchObject({
      ...{ profile: true, workloads: ['scroll'] },
    });
  });

  test('carry the file for JSON', () => expect(parseBenchArguments(['--json', 'a.json']).json).toBe('a.json'));

  test.each([
    ['--only', 'drag,swim'],
    ['--only', ''],
    ['--viewer', 'rdesktop'],
    ['--viewer', 'xfreerdp'],
    ['--desk', 'shadow', '--viewer', 'vncviewer'],
    ['--desk', 'shadow,vnc'],
    ['--desk', 'windows'],
    ['--desk', 'xrdp10', '--only', 'full-q2'],
    ['--profile'],
    ['--profile', '--only', 'drag,full'],
    ['--profile', '--quick'],
    ['--seconds', '0'],
    ['--seconds', 'soon'],
    ['--seconds', '61'],
    ['--fast'],
    ['drag'],
  ])('are refused with a sentence: %s %s', (...args) => {
    expect(() => parseBenchArguments(args.filter((arg) => arg !== undefined))).toThrow(UsageError);
  });
});
