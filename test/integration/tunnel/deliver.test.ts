import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startOffice } from '#build/demo/office.ts';
import { createLogger } from '#contract/log/logger.ts';
import { signEvidence } from '#main/guard/sign.ts';
import { deliverReceipts } from '#main/tunnel/deliver.ts';
import { createOfficeLaptop } from '#test/fakes/office-laptop.ts';

/* Receipts come after their session: by a connection of their own, to a real gateway. */
const by = {
  identity: { version: '1.0.0', platform: 'test', machine: { uuid: null, serial: null, macs: [] } },
  log: createLogger({ sink: () => undefined, now: Date.now, context: 'test' }),
};

async function started() {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-deliver-'));
  const office = await startOffice({ folder, site: 'test' });
  onTestFinished(async () => {
    await office.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await office.command('user', 'add', 'sato', '--name', '佐藤');
  const { id, code } = await office.enrolDevice({ user: 'sato', label: '017' });
  const laptop = await createOfficeLaptop();
  await laptop.enrol({ host: '127.0.0.1', port: office.enrolPort }, code);
  const credentials = await laptop.identity.credentials();
  const receipt = (number: number, privateKey = credentials.privateKey) => ({
    id: number,
    jws: signEvidence(
      { kind: 'residue', report: { sid: `s${number}`, files: 3, bytes: 9, found: [], unread: [] } },
      { device: id, privateKey, nonce: null, now: Date.now() },
    ),
  });
  const actions = async (): Promise<string[]> => {
    const { entries } = (await office.command('audit', 'list')) as { entries: { action: string }[] };
    return entries.map(({ action }) => action);
  };
  return { office, laptop, credentials, receipt, actions };
}

describe('receipts', () => {
  it('are written down without a one-time password, each once, and say which', async () => {
    const t = await started();
    expect(await deliverReceipts(t.credentials, [t.receipt(7), t.receipt(8)], by)).toEqual([7, 8]);
    const actions = await t.actions();
    expect(actions.filter((action) => action === 'evidence.residue')).toHaveLength(2);
    expect(actions).not.toContain('signIn.accepted');
  });

  it('of another key are not, and those that are good come through beside them', async () => {
    const t = await started();
    const other = await createOfficeLaptop();
    const { code } = await t.office.enrolDevice({ user: 'sato', label: '018' });
    await other.enrol({ host: '127.0.0.1', port: t.office.enrolPort }, code);
    const { privateKey } = await other.identity.credentials();
    const kept = await deliverReceipts(t.credentials, [t.receipt(1, privateKey), t.receipt(2)], by);
    expect(kept).toEqual([2]);
    expect(await t.actions()).toContain('evidence.refused');
  });

  it('wait when the office cannot be reached', async () => {
    const t = await started();
    await t.office.stop();
    expect(await deliverReceipts(t.credentials, [t.receipt(1)], by)).toEqual([]);
    await t.office.serve();
    expect(await deliverReceipts(t.credentials, [t.receipt(1)], by)).toEqual([1]);
  });

  it('need no connection when there are none', async () => {
    const t = await started();
    await t.office.stop();
    expect(await deliverReceipts(t.credentials, [], by)).toEqual([]);
  });
});
