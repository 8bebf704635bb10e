import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { noShadow, type Shadow, startShadow } from '#test/fakes/rdp/freerdp-shadow.ts';
import { until, waitForPhase } from './support/page.ts';
import { type Picture, screenBox, screenshot } from './support/picture.ts';
import { account, heard, rdpDesks, waiting } from './support/rdp-desks.ts';
import { signInToRdp } from './support/rdp-sign-in.ts';
import { expectEnd } from './support/refusal.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/** How far codecs that lose something may be off, of 255. */
const tolerance = 12;
const near = (picture: Picture, x: number, y: number, colour: string): boolean => {
  const parts = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const [seen, wanted] = [parts(picture.at(x, y)), parts(colour)];
  return seen.every((part, i) => Math.abs(part - wanted[i]!) <= tolerance);
};

for (const { title, security, missing, start } of await rdpDesks()) {
  if (missing !== null) console.warn(`\n!!! SKIPPED: ${title} is NOT tested here: ${missing}\n`);
  describe.skipIf(missing !== null)(`an RDP desk: ${title}`, () => {
    let desk: Awaited<ReturnType<typeof start>>;
    let world: World;
    let app: LaunchedApp;
    beforeAll(async () => {
      desk = await start();
      world = await createWorld({ rdp: { port: desk.port, security } });
      app = await world.open();
    });
    afterAll(async () => {
      await world?.stop();
      await desk?.stop();
    });

    test('is signed in to, shows its picture, and hears what is typed', async () => {
      await signInToRdp(app);
      await waitForPhase(app, 'connected');
      const box = await screenBox(app.page);
      const shows = (colour: string) => async () =>
        near(await screenshot(app.page), Math.round(box.x + 400), Math.round(box.y + 300), colour);
      await until('the terminal', shows(waiting));
      await shoot(app.page, `rdp-${title}`);
      await app.page.mouse.click(box.x + 400, box.y + 300);
      await app.page.keyboard.type('moji 12', { delay: 20 });
      await app.page.keyboard.press('Enter');
      await until('the answer to what was typed', shows(heard));
      expect(app.log().join('\n')).not.toContain(account.password);
      expect(await app.page.content()).not.toContain(account.password);
    });
  });
}

const reason = noShadow();
describe.skipIf(reason !== null)('an RDP desk with network level authentication', () => {
  let desk: Shadow;
  let world: World;
  let app: LaunchedApp;
  beforeAll(async () => {
    desk = await startShadow({ security: 'nla', ...account, width: 1280, height: 720 });
    world = await createWorld({ rdp: { port: desk.port, security: 'nla' } });
    app = await world.open();
  });
  afterAll(async () => {
    await world?.stop();
    await desk?.stop();
  });

  test('says that a password is wrong, and asks again for it alone', async () => {
    await signInToRdp(app, { ...account, password: 'another' });
    await expectEnd(app, 'deskPasswordWrong');
    await shoot(app.page, 'rdp-wrong-password');
    await app.page.getByRole('button', { name: 'もう一度接続' }).click();
    const dialog = app.page.getByRole('dialog');
    await dialog.waitFor({ timeout: 75_000 });
    await shoot(app.page, 'rdp-login');
    expect(await dialog.getByLabel('ユーザー名').inputValue()).toBe(account.user);
    await dialog.getByLabel('パスワード', { exact: true }).fill(account.password);
    await app.page.keyboard.press('Enter');
    await waitForPhase(app, 'connected');
  });

  test('is not opened when it shows another certificate, and says so', async () => {
    await app.page.evaluate(() =>
      (globalThis as unknown as { hanare: { session: { disconnect(): Promise<void> } } }).hanare.session.disconnect(),
    );
    await waitForPhase(app, 'ended');
    await desk.newCertificate();
    await signInToRdp(app);
    await expectEnd(app, 'deskCertificateChanged');
    await shoot(app.page, 'rdp-certificate');
    const changed = await world.office.command('audit', 'list', '--json');
    expect(JSON.stringify(changed)).toContain('desk.certificateChanged');
  });

  test('is opened again once IT has let it show another certificate', async () => {
    await world.office.command('desk', 'set', 'pc-1', '--certificate', 'none');
    await signInToRdp(app);
    await waitForPhase(app, 'connected');
  });
});
