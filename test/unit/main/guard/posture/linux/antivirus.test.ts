import { describe, expect, it } from 'vitest';
import { antivirus } from '#main/guard/posture/linux/antivirus.ts';
import { parseBuilt } from '#main/guard/posture/linux/clamav.ts';
import { readProcesses } from '#main/guard/posture/linux/processes.ts';
import { createFakeSystem, type Tree } from '#test/fakes/fake-system.ts';
import { day, enabled, home, now, ownFolder, processes } from '#test/fixtures/system/linux.ts';

const header = (built: number, magic = 'ClamAV-VDB') =>
  Buffer.concat([
    Buffer.from(
      `${magic}:19 Nov 2026 08-51 +0000:27100:2000000:90:d41d8cd9:x+/y=:builder:${Math.floor(built / 1000)}`.padEnd(
        512,
      ),
    ),
    Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0x00, 0x3a]),
  ]);

async function look(tree: Tree) {
  const system = await createFakeSystem(tree);
  return antivirus({ system, home, ownFolder, now }, await readProcesses(system));
}

describe('antivirus on Linux', () => {
  it('is good with the age of the definitions when ClamAV runs', async () => {
    const files = {
      ...processes('clamd:112'),
      ...enabled('clamav-daemon.service'),
      '/var/lib/clamav/daily.cld': header(now - 3.5 * day),
      '/var/lib/clamav/main.cvd': header(now - 800 * day),
    };
    expect(await look({ files })).toEqual({
      state: 'good',
      set: 'yes',
      effective: 'yes',
      ageDays: 3,
      detail: 'ClamAV, definitions 3 days old',
    });
  });

  it('says so when ClamAV scans on access', async () => {
    const files = { ...processes('clamd:112', 'clamonacc'), '/var/lib/clamav/daily.cvd': header(now - day) };
    expect(await look({ files })).toMatchObject({
      state: 'good',
      ageDays: 1,
      detail: 'ClamAV on access, definitions 1 day old',
    });
  });

  it('takes the newer of two daily databases, and the main one when there is no other', async () => {
    const files = {
      ...processes('clamd'),
      '/var/lib/clamav/daily.cld': header(now - 9 * day),
      '/var/lib/clamav/daily.cvd': header(now - 20 * day),
    };
    expect(await look({ files })).toMatchObject({ ageDays: 9 });
    const main = { ...processes('clamd'), '/var/lib/clamav/main.cld': header(now - 400 * day) };
    expect(await look({ files: main })).toMatchObject({ ageDays: 400 });
  });

  it.each([
    ['a header of something else', header(now, 'PK')],
    ['a header from the future', header(now + 30 * day)],
    ['a short file', Buffer.from('ClamAV-VDB:')],
  ])('goes by the time of the file when it has %s', async (_, content) => {
    const path = '/var/lib/clamav/daily.cvd';
    const files = { ...processes('clamd'), [path]: content };
    expect(await look({ files, modified: { [path]: now - 5 * day } })).toMatchObject({ state: 'good', ageDays: 5 });
  });

  it('is unknown when ClamAV runs and its definitions are not seen, or are of the future', async () => {
    expect(await look({ files: processes('clamd') })).toMatchObject({ state: 'unknown', effective: 'yes' });
    const path = '/var/lib/clamav/daily.cvd';
    const files = { ...processes('clamd'), [path]: '' };
    const found = await look({ files, modified: { [path]: now + 9 * day } });
    expect(found).toMatchObject({ state: 'unknown' });
    expect(found).not.toHaveProperty('ageDays');
  });

  it.each([
    ['wdavdaemon', 'Microsoft Defender', 'mdatp.service'],
    ['sophos_threat_d', 'Sophos', 'sophos-spl.service'],
    ['oaeventd', 'ESET', 'eea.service'],
    ['ds_am', 'Trend Micro', 'ds_agent.service'],
  ])('knows %s, and that its age is unknown', async (process, name, unit) => {
    const found = await look({ files: { ...processes(process), ...enabled(unit) } });
    expect(found).toEqual({
      state: 'good',
      set: 'yes',
      effective: 'yes',
      detail: `${name}, age of definitions unknown`,
    });
    expect(await look({ files: { ...processes(process), ...enabled() } })).toMatchObject({ state: 'good', set: 'no' });
  });

  it('is bad when none runs, also when one is set to', async () => {
    const found = await look({ files: { ...processes('bash:1000', 'cron'), ...enabled('clamav-daemon.service') } });
    expect(found).toEqual({ state: 'bad', set: 'yes', effective: 'no', detail: 'none known is running' });
    expect(await look({ files: { ...processes('ds_agent'), ...enabled() } })).toMatchObject({
      state: 'bad',
      set: 'no',
    });
  });

  it('does not believe a process of a person that is called like one', async () => {
    expect(await look({ files: processes('clamd:1000', 'wdavdaemon:1001') })).toMatchObject({ state: 'bad' });
  });

  it('is unknown when the processes of others are hidden', async () => {
    const { '/proc/1/status': _, ...own } = processes('bash:1000');
    expect(await look({ files: own })).toMatchObject({ state: 'unknown', effective: 'unknown' });
  });
});

describe('the header of a ClamAV database', () => {
  it.each([
    '',
    'ClamAV-VDB',
    'ClamAV-VDB:a:b:c:d:e:f:g:',
    'ClamAV-VDB:a:b:c:d:e:f:g:soon',
    `ClamAV-VDB:${'x'.repeat(600)}`,
  ])('has no time when it is %j', (text) => expect(parseBuilt(text)).toBeNull());

  it('has the ninth field as its time, in seconds', () => {
    expect(parseBuilt('ClamAV-VDB:a:b:c:d:e:f:g:1794041460   ')).toBe(1_794_041_460_000);
  });
});
