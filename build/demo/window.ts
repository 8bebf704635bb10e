import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Bridge } from '#contract/ipc/bridge.ts';
import { type EnrolStep, enrolSteps, type SessionState } from '#contract/ipc/state.ts';
import { en } from '#renderer/app/messages/en.ts';
import { ja } from '#renderer/app/messages/ja.ts';

type Scope = { hanare: Bridge; enrolSteps: [step: EnrolStep, at: number][] };
type Language = 'ja' | 'en';

/** The window's own texts: what a driver looks for cannot differ from what is shown. */
export const messages = { ja, en } as const;

/** Where a driver may look round: the code is typed, the office is found, a PIN is chosen, the laptop is enrolled. */
export type EnrolMoment = 'code' | 'office' | 'pin' | 'done';

export type EnrolTimes = Readonly<Record<'find' | EnrolStep, number | null>>;

/**
 * Enrols the laptop in the app's own window, as a person does with an installer's site.json beside the app's data.
 * @param options.fingerprint of the office's CA, from the enrolment sheet. @param options.keyDelay ms from key to key.
 * @param options.at is waited for at each moment. @returns how long what takes time took, ms.
 * @throws Error when the window shows another office
 */
export async function enrolInWindow(
  page: Page,
  options: {
    language: Language;
    code: string;
    pin: string;
    fingerprint: string;
    keyDelay?: number;
    at?: (moment: EnrolMoment) => Promise<void>;
  },
): Promise<EnrolTimes> {
  const { language, code, pin, keyDelay = 0, at = async () => undefined } = options;
  const words = messages[language];
  const type = async (label: string, text: string) => {
    await page.getByLabel(label, { exact: true }).pressSequentially(text, { delay: keyDelay });
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

  await page.evaluate(() => {
    const scope = globalThis as unknown as Scope;
    scope.enrolSteps = [];
    scope.hanare.enrol.onStep((step) => scope.enrolSteps.push([step, performance.now()]));
  });
  await type(words['enrol.code'], code);
  await at('code');
  const asked = performance.now();
  await press(words['enrol.submit']);
  await page.getByText(words['office.title']).waitFor();
  const find = performance.now() - asked;
  const shown = ((await page.locator('body').textContent()) ?? '').replaceAll(/[^0-9a-fA-F]/g, '').toLowerCase();
  if (!shown.includes(options.fingerprint)) throw new Error('the window shows another office');
  await at('office');
  await press(words['common.next']);
  await type(words['newPin.first'], pin);
  await type(words['newPin.again'], pin);
  await at('pin');
  await press(words['newPin.submit']);
  const steps = await whenReady(page, words['ready.connect']);
  await at('done');
  return { find: tenths(find), ...steps };
}

/** Types the PIN that a locked laptop asks for. */
export async function unlockInWindow(page: Page, language: Language, pin: string): Promise<void> {
  const words = messages[language];
  await page.getByLabel(words['unlock.pin'], { exact: true }).fill(pin);
  await page.getByRole('button', { name: words['unlock.submit'], exact: true }).click();
}

/**
 * Answers the desk's question for a password (and, of an RDP desk, a user name) once it is asked, as far as it is known.
 * It never is by a desk that asks nothing: the wait ends with the page.
 */
export async function answerDeskInWindow(
  page: Page,
  { language, user, password }: { language: Language; user: string | null; password: string | null },
): Promise<void> {
  if (user === null && password === null) return;
  const words = messages[language];
  const dialogs = [words['login.title'], words['password.title']].map((name) => page.getByRole('dialog', { name }));
  const dialog = dialogs[0]!.or(dialogs[1]!);
  await dialog.waitFor({ timeout: 0 });
  const [userField, passwordField] = [dialog.getByLabel(words['login.user']), dialog.locator('input[type=password]')];
  if (user !== null && (await userField.isVisible())) await userField.fill(user);
  await passwordField.focus();
  if (password === null) return;
  await passwordField.fill(password);
  await passwordField.press('Enter');
}

/** @returns undefined once the window is gone */
export async function readState(page: Page): Promise<SessionState | undefined> {
  try {
    return await page.evaluate(() => (globalThis as unknown as { hanare: Bridge }).hanare.session.state());
  } catch {
    // The window was closed under our hands, which is how a person ends the demo.
    return undefined;
  }
}

/** @returns how long each step lasted, until the next began. @throws Error with what the window says instead */
async function whenReady(page: Page, connect: string): Promise<Record<EnrolStep, number | null>> {
  const button = page.getByRole('button', { name: connect });
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20)) {
    if (await button.isVisible()) {
      const { steps, now } = await page.evaluate(() => {
        return { steps: [...(globalThis as unknown as Scope).enrolSteps], now: performance.now() };
      });
      return lengths(steps, now);
    }
    const alert = (await page.getByRole('alert').allTextContents()).find(Boolean);
    if (alert) throw new Error(`the laptop was not enrolled: ${alert}`);
  }
  throw new Error('the laptop was not enrolled in time');
}

function lengths(seen: readonly (readonly [EnrolStep, number])[], end: number): Record<EnrolStep, number | null> {
  const starts = new Map(seen);
  const entries = enrolSteps.map((step) => {
    const start = starts.get(step);
    const next = seen.findIndex(([name]) => name === step) + 1;
    return [step, start === undefined ? null : tenths((seen[next]?.[1] ?? end) - start)];
  });
  return Object.fromEntries(entries) as Record<EnrolStep, number | null>;
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
