import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '#build/bundle/index.ts';
import { demoNames, furnish } from '#build/demo/furnish.ts';
import { prepareLaptop, randomPin } from '#build/demo/laptop.ts';
import { startOffice } from '#build/demo/office.ts';
import { enrolInWindow } from '#build/demo/window.ts';
import { type LaunchedApp, launchApp } from '#build/host/launch.ts';
import { ensureHost } from '#build/setup/host.ts';
import type { TryRdpOptions } from '../options.ts';

/**
 * The built app, enrolled at an office of its own on this machine's loopback, before the button that connects.
 * @param cleaners takes what is to be undone, last first, also when this fails half-way
 */
export async function openApp(
  { desk, language, headless }: TryRdpOptions,
  cleaners: (() => Promise<unknown>)[],
): Promise<LaunchedApp> {
  ensureHost();
  await buildApp();
  const folder = await mkdtemp(join(tmpdir(), 'hanare-try-rdp-'));
  cleaners.push(() => rm(folder, { recursive: true, force: true }));
  const words = demoNames[language];
  const office = await startOffice({ folder, site: words.site });
  cleaners.push(() => office.stop());
  await furnish(office, words, desk);
  const device = await office.enrolDevice({ user: 'hanako', label: words.label });
  const laptop = await prepareLaptop({ folder, office, language, headless });
  cleaners.push(laptop.stop);
  const size = { width: 1366, height: 768 };
  const app = await launchApp({ userData: laptop.userData, headless, size, env: laptop.env });
  cleaners.push(() => app.close());
  await app.page.waitForFunction(() => 'hanare' in globalThis);
  await enrolInWindow(app.page, {
    language,
    code: device.code,
    fingerprint: laptop.site.fingerprint,
    pin: randomPin(),
  });
  return app;
}
