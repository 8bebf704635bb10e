import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Credentials } from '#main/tunnel/dial.ts';
import { createTestSite, credentialsFor, type TestSite } from '#test/fakes/scripted-gateway.ts';
import { startTestTunnel } from '#test/fakes/test-tunnel.ts';

/*
 * A front door that checks the device certificate inside the handshake (HAProxy, nginx) refuses it by a TLS alert, which
 * in TLS 1.3 comes after the client thinks the handshake done. Node's server sends none, so OpenSSL's own plays it here.
 */

let site: TestSite;
beforeAll(async () => {
  site = await createTestSite();
});

async function startDoor(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hanare-door-'));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const door = spawn(
    'openssl',
    [
      ...['s_server', '-accept', '127.0.0.1:0', '-tls1_3', '-www'],
      ...[
        '-cert',
        await file('server.crt', site.server.certificate),
        '-key',
        await file('server.key', site.server.privateKey),
      ],
      ...['-CAfile', await file('ca.crt', site.ca.certificate), '-Verify', '1', '-verify_return_error'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  onTestFinished(async () => {
    const gone = new Promise((resolve) => door.once('exit', resolve));
    door.kill();
    await gone;
    await rm(folder, { recursive: true, force: true });
  });
  return new Promise((resolve, reject) => {
    door.once('error', reject);
    createInterface({ input: door.stdout }).on('line', (line) => {
      const port = /^ACCEPT 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

describe('a device certificate that is refused in the handshake', () => {
  it.each([
    ['is missing', async () => ({ certificate: null, privateKey: null }), 'deviceCertificateMissing'],
    ['is of another CA', async () => (await createTestSite()).device, 'deviceCertificateRefused'],
  ] as const)('is named when it %s', async (_, changes, reason) => {
    const t = startTestTunnel(credentialsFor(site, await startDoor(), (await changes()) as Partial<Credentials>));
    expect(await t.closed).toMatchObject({ reason });
  });

  it('is not blamed when it is good', async () => {
    // The door serves a page where the gateway would upgrade.
    const t = startTestTunnel(credentialsFor(site, await startDoor()));
    expect(await t.closed).toMatchObject({ reason: 'protocolMismatch' });
  });
});
