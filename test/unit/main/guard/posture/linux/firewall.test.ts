import { describe, expect, it } from 'vitest';
import { firewall } from '#main/guard/posture/linux/firewall.ts';
import { createFakeSystem, type Program } from '#test/fakes/fake-system.ts';
import { enabled, home, now, ownFolder, systemctl } from '#test/fixtures/system/linux.ts';

const debian = 'table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter;\n\t}\n}\n';
const closed = debian.replace('priority filter;', 'priority filter; policy drop;');

async function look(files: Record<string, string>, active: Program = systemctl()) {
  const system = await createFakeSystem({ files, programs: { '/usr/bin/systemctl': active } });
  return firewall({ system, home, ownFolder, now });
}

describe('firewall on Linux', () => {
  it.each(['firewalld', 'hanare-path'])('is good when %s is active', async (unit) => {
    const found = await look(enabled(`${unit}.service`), systemctl(unit));
    expect(found).toEqual({ state: 'good', set: 'yes', effective: 'yes', detail: unit });
  });

  it('is good for ufw only when it is switched on, not when its service is', async () => {
    const on = { ...enabled('ufw.service'), '/etc/ufw/ufw.conf': '# comment\nENABLED=yes\nLOGLEVEL=low\n' };
    expect(await look(on, systemctl('ufw'))).toMatchObject({ state: 'good', set: 'yes', effective: 'yes' });
    const off = { ...on, '/etc/ufw/ufw.conf': '#ENABLED=yes\nENABLED=no\n' };
    expect(await look(off, systemctl('ufw'))).toMatchObject({ state: 'bad', set: 'no', effective: 'unknown' });
  });

  it('is good for nftables only when its rules refuse something', async () => {
    const with_ = (rules: string) => look({ ...enabled(), '/etc/nftables.conf': rules }, systemctl('nftables'));
    expect(await with_(closed)).toMatchObject({ state: 'good', effective: 'yes', detail: 'nftables' });
    expect(await with_(debian)).toMatchObject({ state: 'bad', set: 'no' });
    expect(await with_(`${debian}# policy drop\n`)).toMatchObject({ state: 'bad' });
    expect(await with_(`${debian}include "/etc/nftables.d/*.nft"\n`)).toMatchObject({ state: 'unknown' });
  });

  it('reads the configuration where Fedora has it', async () => {
    const files = { ...enabled(), '/etc/sysconfig/nftables.conf': closed };
    expect(await look(files, systemctl('nftables'))).toMatchObject({ state: 'good' });
  });

  it('is unknown when it is set and not seen to be active', async () => {
    const found = await look(enabled('firewalld.service'), systemctl());
    expect(found).toMatchObject({ state: 'unknown', set: 'yes', effective: 'unknown' });
    const silent = { code: 1, stderr: 'System has not been booted with systemd' };
    expect(await look(enabled('firewalld.service'), silent)).toMatchObject({ state: 'unknown', set: 'yes' });
  });

  it('is bad when none is set, and unknown where there is no systemd', async () => {
    expect(await look(enabled())).toMatchObject({ state: 'bad', set: 'no', effective: 'unknown' });
    expect(await look({}, { code: null })).toEqual({ state: 'unknown', set: 'unknown', effective: 'unknown' });
  });

  it.each(['active\n', 'active\nactive\nactive\nactive\nactive\n', 'rm -rf /\nactive\nactive\nactive\n'])(
    'does not guess when systemctl answers %j',
    async (stdout) => expect(await look(enabled(), { stdout })).toMatchObject({ state: 'bad', effective: 'unknown' }),
  );
});
