import { messages } from '#build/demo/window.ts';
import { launchApp } from '#build/host/launch.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { sessionState, until } from './page.ts';
import { shoot } from './shots.ts';

/**
 * The built app with its window on a laptop in a namespace, and who drives it, because nobody reaches its browser from
 * outside: enrols, presses "connect" and says in a line of JSON how it ended and what the window shows.
 * Arguments: the app's data folder, the PIN, the code that enrols it, the screenshot's name.
 */
const [userData = '', pin = '', code = '', name = ''] = process.argv.slice(2);
const words = messages.ja;

const app = await launchApp({ userData, headless: true, size: { width: 1366, height: 768 } });
let outcome = '';
try {
  await app.page.waitForFunction(() => 'hanare' in globalThis);
  await bridgeOf(app).enrol(code, pin);
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await until('an outcome', async () => ['connected', 'ended'].includes((await sessionState(app)).phase), 60_000);
  const state = await sessionState(app);
  const next = state.phase === 'connected' ? words['bar.disconnect'] : words['ended.back'];
  await app.page.getByRole('button', { name: next }).waitFor();
  await shoot(app.page, name);
  const reason = state.phase === 'ended' ? state.failure?.reason : 'open';
  const text = await app.page.locator('body').textContent();
  outcome = JSON.stringify({ reason, text });
} finally {
  await app.close();
}
// Last: who reads it stops this process.
process.stdout.write(`${outcome}\n`);
