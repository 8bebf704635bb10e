import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { sessionState } from './page.ts';
import { account } from './rdp-desks.ts';

const words = messages.ja;

/** Connects to an RDP desk and answers its dialog, from the screen that is ready or from that of the last session's end. */
export async function signInToRdp(
  { page, ...app }: LaunchedApp,
  { user, password }: Readonly<{ user: string; password: string }> = account,
): Promise<void> {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const [ready, retry, back] = [
    button(words['ready.connect']),
    button(words['ended.retry']),
    button(words['ended.back']),
  ];
  // Of some ends there is no way on but back to the first screen.
  if ((await sessionState({ page, ...app })).phase === 'ended') await retry.or(back).first().waitFor();
  if (await retry.isVisible()) await retry.click();
  else {
    if (await back.isVisible()) await back.click();
    await ready.click();
  }
  const dialog = page.getByRole('dialog', { name: words['login.title'] });
  // Time for the next one-time password, where the last was used a moment ago.
  await dialog.waitFor({ timeout: 75_000 });
  await dialog.getByLabel(words['login.user']).fill(user);
  await dialog.getByLabel(words['login.password'], { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}
