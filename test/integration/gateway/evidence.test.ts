import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxEvidence } from '#contract/evidence/evidence.ts';
import { openAudit } from '#gateway/audit/audit.ts';
import { closeCodes } from '#gateway/server/control-port.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { type ControlClient, hello } from '#test/fixtures/gateway/control-client.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { type Office, startOffice, until } from '#test/fixtures/gateway/office.ts';
import {
  encoded,
  path,
  pathReport,
  posture,
  residue,
  residueReport,
  type Statement,
} from '#test/fixtures/gateway/statements.ts';

/* Under the strictest rules, so that whatever is not believed is missed. */
describe('testimony over a real connection', () => {
  let office: Office;
  beforeAll(async () => {
    office = await startOffice({ policy: {} });
  });
  afterAll(() => office.stop());

  let people = 0;
  const laptop = async () => {
    const name = `user-${people++}`;
    const desk = `pc-${name}`;
    const device = await office.enrol(name, { id: desk, port: 9 });
    const control = await office.control(device);
    await control.signIn();
    return { name, desk, device, control };
  };
  /** Everything before it has been looked at. */
  const settled = async (control: ControlClient) => {
    control.send({ type: 'ping', n: 99 });
    await control.next('pong');
  };
  const linesOf = (device: TestDevice) => office.audit().filter((line) => line.device === device.device.id);

  it('is kept, answered and written down; then the desk is opened', async () => {
    const { desk, device, control } = await laptop();
    const kept = await control.testify(office.statement(device, control, posture()));
    expect(kept.verdicts.map(({ level }) => level)).toEqual(Array(8).fill('ok'));
    expect((await control.testify(office.statement(device, control, path()))).verdicts).toEqual([]);
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    await control.testify(office.statement(device, control, posture()));
    const rows = office.gateway.store.evidence(device.device.id, 10);
    expect(rows.map(({ kind, sid }) => [kind, sid])).toEqual([
      ['posture', grant.sid],
      ['path', null],
      ['posture', null],
    ]);
    const actions = linesOf(device).map(({ action }) => action);
    expect(actions.slice(-3)).toEqual(['evidence.posture', 'evidence.path', 'evidence.posture']);
    await control.close();
  });

  type Lie = (mine: Awaited<ReturnType<typeof laptop>>, other: Awaited<ReturnType<typeof laptop>>) => string;
  const wrong =
    (change: Partial<Statement>): Lie =>
    ({ device, control }) =>
      office.statement(device, control, posture(), change);
  const alter = (jws: string, part: number, by: string) =>
    jws
      .split('.')
      .map((text, index) => (index === part ? by : text))
      .join('.');
  const lies: readonly [string, string, Lie][] = [
    ['of another connection', 'nonce', ({ device }, { control }) => office.statement(device, control, posture())],
    [
      'that another device signed as itself',
      'signature',
      ({ control }, { device }) => office.statement(device, control, posture()),
    ],
    [
      'that another device signed in this one’s name',
      'signature',
      ({ device, control }, other) =>
        office.statement(device, control, posture(), { privateKey: other.device.credentials.privateKey }),
    ],
    [
      'about another device',
      'device',
      ({ device, control }, other) => office.statement(device, control, posture(), { device: other.device.device.id }),
    ],
    ['of algorithm none', 'algorithm', wrong({ header: { alg: 'none' } })],
    ['of RS256 with an elliptic key', 'algorithm', wrong({ header: { alg: 'RS256' } })],
    [
      'with a signature in ASN.1',
      'signature',
      ({ device, control }) =>
        office.statement(device, control, posture(), {
          signature: (text) => sign('sha256', Buffer.from(text), device.credentials.privateKey).toString('base64url'),
        }),
    ],
    ['that is too old', 'time', wrong({ now: Date.now() - 360_000 })],
    ['of the future', 'time', wrong({ now: Date.now() + 360_000 })],
    [
      'that was changed on the way',
      'signature',
      ({ device, control }) =>
        alter(office.statement(device, control, path(pathReport('dns'))), 1, encoded({ evidence: path() })),
    ],
    ['that is none', 'form', () => 'no statement'],
  ];
  it.each(lies)('is not believed when it is one %s: no answer, no desk, a line of the log', async (_, problem, lie) => {
    const [mine, other] = [await laptop(), await laptop()];
    const { control, device, desk } = mine;
    control.send({ type: 'evidence', id: 1, jws: lie(mine, other) });
    expect(await control.open(desk)).toMatchObject({ type: 'refused', reason: 'evidenceRefused' });
    expect(linesOf(device).at(-1)).toMatchObject({ action: 'evidence.refused', details: { problem } });
    expect(office.gateway.store.evidence(device.device.id, 10)).toEqual([]);
    // The connection stays: what is right now is believed.
    await control.testify(office.statement(device, control, posture()));
    await control.testify(office.statement(device, control, path()));
    expect((await control.open(desk)).type).toBe('grant');
    await Promise.all([control.close(), other.control.close()]);
  });

  it('ends the connection when it is longer than the contract allows', async () => {
    const { control } = await laptop();
    control.send({ type: 'evidence', id: 1, jws: 'x'.repeat(maxEvidence + 1) });
    expect(await control.closed).toBe(closeCodes.protocol);
  });

  it('counts for the connection that it came over, not for the next one', async () => {
    const { desk, device, control } = await laptop();
    const said = [posture(), path()].map((evidence) => office.statement(device, control, evidence));
    for (const jws of said) await control.testify(jws);
    const next = await office.control(device);
    await next.signIn();
    expect(await next.open(desk)).toMatchObject({ reason: 'postureMissing' });
    for (const [id, jws] of said.entries()) next.send({ type: 'evidence', id, jws });
    expect(await next.open(desk)).toMatchObject({ reason: 'evidenceRefused' });
    await next.close();
  });

  it('of a session that is over is taken on a short connection, without a sign-in, once', async () => {
    const { desk, device, control } = await laptop();
    await control.testify(office.statement(device, control, posture()));
    await control.testify(office.statement(device, control, path()));
    const grant = await control.open(desk);
    if (grant.type !== 'grant') throw new Error(grant.reason);
    await control.close();
    await until(() => office.gateway.store.session(grant.sid)?.state === 'ended');
    const old = { now: Date.now() - 5 * 86_400_000, nonce: undefined };
    const receipt = office.statement(device, control, residue(residueReport(grant.sid)), old);
    for (let time = 0; time < 2; time++) {
      const short = await office.control(device);
      short.send(hello);
      await short.next('challenge');
      expect(await short.testify(receipt)).toMatchObject({ verdicts: [] });
      await short.close();
    }
    const rows = office.gateway.store.evidence(device.device.id, 10).filter(({ kind }) => kind === 'residue');
    expect(rows).toMatchObject([{ sid: grant.sid, jws: receipt }]);
    const lines = linesOf(device).filter(({ action }) => action === 'evidence.residue');
    expect(lines).toMatchObject([{ details: { sid: grant.sid, verdict: 'clean', files: 3 } }]);
  });

  it.each([
    ['posture', posture()],
    ['path', path()],
  ])('of another kind ends a connection that has not signed in: %s', async (_, evidence) => {
    const { device, control } = await laptop();
    await control.close();
    const early = await office.control(device);
    early.send(hello);
    await early.next('challenge');
    early.send({ type: 'evidence', id: 1, jws: office.statement(device, early, evidence) });
    expect(await early.closed).toBe(closeCodes.policy);
  });

  it('before hello, and an event before the sign-in, end the connection', async () => {
    const { device, control } = await laptop();
    await control.close();
    const rude = await office.control(device);
    rude.send({ type: 'evidence', id: 1, jws: 'a.b.c' });
    expect(await rude.closed).toBe(closeCodes.policy);
    const hasty = await office.control(device);
    hasty.send(hello);
    await hasty.next('challenge');
    hasty.send({ type: 'event', event: 'paused', details: {} });
    expect(await hasty.closed).toBe(closeCodes.policy);
  });

  it('unsigned, about what happens on the laptop, is written down with its session', async () => {
    const { device, control } = await laptop();
    control.send({ type: 'event', event: 'usbInserted', details: { device: 'USB stick' } });
    await settled(control);
    expect(linesOf(device).at(-1)).toMatchObject({ action: 'laptop.usbInserted', details: { device: 'USB stick' } });
    await control.close();
  });

  it('leaves the log whole', async () => {
    const audit = openAudit({ path: sitePaths(office.dataDir).audit, store: office.gateway.store });
    expect(await audit.verify()).toMatchObject({ problem: null });
  });
});
