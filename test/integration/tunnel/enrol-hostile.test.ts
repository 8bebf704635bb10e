import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeCode } from '#contract/identity/code.ts';
import { type Address, enrolmentLine, maxEnrolBytes } from '#contract/wire/enrol.ts';
import { fingerprintOf } from '#main/identity/keys.ts';
import { goodPin } from '#test/fakes/laptop.ts';
import { createOfficeLaptop, type OfficeLaptop } from '#test/fakes/office-laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';
import { createTestSite, startTcp, type TestSite, wrongServer } from '#test/fakes/scripted-gateway.ts';
import { startScriptedOffice } from '#test/fakes/scripted-office.ts';

/* What the laptop makes of an office that is not the office, or somebody in between. */

const code = makeCode(
  'enrolment',
  Uint8Array.from({ length: 15 }, (_, at) => at * 7),
);
const reason = (name: string) => expect.objectContaining({ reason: name });
/** Whether nothing was said but the question who is there. */
const onlyAsked = (requests: readonly string[]) => requests.every((request) => request === 'GET /v1/site');

let ours: TestSite;
let theirs: TestSite;
let laptop: OfficeLaptop;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([createTestSite(), createTestSite()]);
});
const start = async () => {
  laptop = await createOfficeLaptop();
};
const inspect = (office: Address | null, typed = code) => laptop.enrolment.inspect({ typed, office });
const printOf = (site: TestSite) => fingerprintOf(site.ca.certificate);
const officeOf = (site: TestSite, change: Partial<Parameters<typeof startScriptedOffice>[0]> = {}) =>
  startScriptedOffice({ server: site.server, ca: site.ca.certificate, ...change });

async function afterwards(requests: readonly string[]): Promise<void> {
  expect(onlyAsked(requests), requests.join()).toBe(true);
  const run = laptop.enrolment.run({ accepted: printOf(ours), pin: goodPin, imported: false });
  await expect(run).rejects.toEqual(reason('badRequest'));
  expect(await laptop.identity.status()).toMatchObject({ state: 'notEnrolled' });
  expect(onlyAsked(requests), requests.join()).toBe(true);
}

describe('an office that is not the expected one', () => {
  it('gets nothing but the question who it is when the label names another fingerprint', async () => {
    await start();
    const other = await officeOf(theirs);
    const typed = enrolmentLine({ enrol: other.address, fingerprint: printOf(ours) }, code);
    await expect(inspect(null, typed)).rejects.toEqual(reason('enrolOfficeDiffers'));
    await afterwards(other.requests);
  });

  it('gets nothing but the question when the site file names another fingerprint', async () => {
    const other = await officeOf(theirs);
    await start();
    const file = { version: 1, site: '見本市', enrol: other.address, fingerprint: printOf(ours) };
    await writeFile(`${laptop.folder}/site.json`, JSON.stringify(file));
    await expect(inspect(null)).rejects.toEqual(reason('enrolOfficeDiffers'));
    await afterwards(other.requests);
  });

  it('is not even asked when a label leads away from the installer’s office', async () => {
    const other = await officeOf(theirs);
    await start();
    const enrol = { host: '127.0.0.1', port: 9 };
    const file = { version: 1, site: '見本市', enrol, fingerprint: printOf(ours) };
    await writeFile(`${laptop.folder}/site.json`, JSON.stringify(file));
    const typed = enrolmentLine({ enrol: other.address, fingerprint: printOf(theirs) }, code);
    await expect(inspect(null, typed)).rejects.toEqual(reason('enrolOfficeDiffers'));
    expect(other.requests).toEqual([]);
  });

  it('gets no code when the person has accepted another fingerprint than it has', async () => {
    await start();
    const office = await officeOf(ours);
    await inspect(office.address);
    const run = laptop.enrolment.run({ accepted: printOf(theirs), pin: goodPin, imported: false });
    await expect(run).rejects.toEqual(reason('enrolOfficeDiffers'));
    expect(onlyAsked(office.requests)).toBe(true);
  });

  it('gets no code when it only repeats the office’s card', async () => {
    await start();
    const repeater = await officeOf(theirs, { ca: ours.ca.certificate });
    await expect(inspect(repeater.address)).rejects.toEqual(reason('gatewayNotOurs'));
    await afterwards(repeater.requests);
  });

  it('gets no code when it puts its own CA behind the office’s in the card', async () => {
    await start();
    const both = await officeOf(theirs, { ca: `${ours.ca.certificate}\n${theirs.ca.certificate}` });
    await expect(inspect(both.address)).rejects.toEqual(reason('gatewayNotOurs'));
    await afterwards(both.requests);
  });

  it('gets no code when its certificate is for another host', async () => {
    await start();
    const server = await wrongServer(ours.ca, { hosts: ['other.invalid'] });
    const office = await officeOf(ours, { server });
    await expect(inspect(office.address)).rejects.toEqual(reason('gatewayNotOurs'));
    await afterwards(office.requests);
  });

  it('gets no code when it has taken the office’s place by then', async () => {
    await start();
    const office = await officeOf(ours);
    await inspect(office.address);
    await office.stop();
    const { port } = office.address;
    const between = await officeOf(theirs, { ca: ours.ca.certificate, port });
    const run = laptop.enrolment.run({ accepted: printOf(ours), pin: goodPin, imported: false });
    await expect(run).rejects.toEqual(reason('gatewayNotOurs'));
    expect(between.requests).toEqual([]);
  });
});

describe('an office that is unknown', () => {
  it('is asked for when there is neither label nor site file nor address', async () => {
    await start();
    await expect(inspect(null)).rejects.toEqual(reason('enrolOfficeUnknown'));
  });
});

describe('an office that does not answer as one', () => {
  const card = (body: unknown, status = 200) => ({ card: () => ({ status, body }) });
  it.each([
    ['a page', card('<html></html>')],
    ['an error', card({}, 500)],
    ['a card with more than a card', card({ name: 'x', ca: '-----BEGIN CERTIFICATE-----\n', code: '' })],
    ['a CA that is none', card({ name: 'x', ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' })],
    ['too much', card('x'.repeat(maxEnrolBytes + 1))],
  ])('is left when it sends %s', async (_, change) => {
    await start();
    const office = await officeOf(ours, change);
    await expect(inspect(office.address)).rejects.toEqual(reason('protocolMismatch'));
  });

  it('is left when it shows a device’s certificate for its CA', async () => {
    await start();
    const office = await officeOf(ours, { ca: ours.device.certificate });
    await expect(inspect(office.address)).rejects.toEqual(reason('protocolMismatch'));
  });

  it('is left when it names a second CA the second time', async () => {
    await start();
    const cas = [ours.ca.certificate, theirs.ca.certificate];
    const office = await officeOf(ours, { card: (asked) => ({ body: { name: 'x', ca: cas[asked - 1] ?? '' } }) });
    await expect(inspect(office.address)).rejects.toEqual(reason('gatewayNotOurs'));
  });

  it('is named when it is not there, speaks no TLS, or hangs up', async () => {
    await start();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await expect(inspect({ host: '127.0.0.1', port })).rejects.toMatchObject({
      reason: 'gatewayRefused',
      details: { host: '127.0.0.1', port },
    });
    for (const rude of [
      await startTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
      await startTcp((socket) => socket.once('data', () => socket.destroy())),
    ]) {
      onTestFinished(rude.close);
      await expect(inspect({ host: '127.0.0.1', port: rude.port })).rejects.toEqual(reason('tlsFailed'));
    }
    await expect(inspect({ host: 'gateway.hanare.invalid', port: 1 })).rejects.toEqual(reason('gatewayNotFound'));
  });
});

describe('an office that answers a code', () => {
  async function run(enrol: Parameters<typeof startScriptedOffice>[0]['enrol']) {
    await start();
    const office = await officeOf(ours, { enrol });
    const { fingerprint } = await inspect(office.address);
    const outcome = laptop.enrolment.run({ accepted: fingerprint, pin: goodPin, imported: false });
    return { outcome, requests: office.requests };
  }
  const nothingStored = async () => {
    expect(laptop.keychain.text()).toBeNull();
    expect(await laptop.identity.status()).toMatchObject({ state: 'notEnrolled' });
  };

  it('is sent the code, what machine this is and a key’s request, and neither PIN nor key', async () => {
    const { outcome, requests } = await run(undefined);
    await outcome.catch(() => undefined);
    const [, , sent = ''] = requests;
    const body = JSON.parse(sent.replace('POST /v1/enrol ', ''));
    expect(body).toMatchObject({ code, client: { version: '1.0.0', platform: 'test' }, key: { kind: 'csr' } });
    expect(sent).not.toContain(goodPin);
    expect(sent).not.toContain('PRIVATE KEY');
  });

  it.each(['enrolCodeWrong', 'enrolTooManyTries', 'badRequest'])(
    'is believed when it refuses with %s',
    async (name) => {
      const { outcome } = await run(() => ({ status: 403, body: { reason: name, details: { seconds: 60 } } }));
      await expect(outcome).rejects.toMatchObject({ reason: name, details: { seconds: 60 } });
      await nothingStored();
    },
  );

  it.each([
    ['a reason of its own', { status: 403, body: { reason: 'becauseISaySo', details: {} } }],
    ['an answer with something missing', { status: 200, body: { site: {} } }],
    ['no JSON', { status: 200, body: '{' }],
    ['too much', { status: 200, body: 'x'.repeat(maxEnrolBytes + 1) }],
  ])('is left, and nothing is stored, when it sends %s', async (_, reply) => {
    const { outcome } = await run(() => reply);
    await expect(outcome).rejects.toEqual(reason('protocolMismatch'));
    await nothingStored();
  });

  it('is left, and nothing is stored, when it hands over another CA than its own', async () => {
    const registration = await createRegistration();
    const { outcome } = await run(() => ({ body: registration.answer }));
    await expect(outcome).rejects.toEqual(reason('protocolMismatch'));
    await nothingStored();
  });

  it('is left, and nothing is stored, when its certificate is for another key', async () => {
    const { answer } = await createRegistration();
    const site = { name: 'scripted', ca: ours.ca.certificate };
    const { outcome } = await run(() => ({ body: { ...answer, site, certificate: ours.device.certificate } }));
    await expect(outcome).rejects.toEqual(reason('deviceFileDamaged'));
    await nothingStored();
  });

  it('is asked once when the button is pressed twice', async () => {
    const { outcome, requests } = await run(() => ({ status: 403, body: { reason: 'enrolCodeWrong', details: {} } }));
    const second = laptop.enrolment.run({ accepted: printOf(ours), pin: goodPin, imported: false });
    await expect(second).rejects.toEqual(reason('badRequest'));
    await expect(outcome).rejects.toEqual(reason('enrolCodeWrong'));
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });
});
