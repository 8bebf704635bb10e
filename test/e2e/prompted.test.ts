import { afterAll, beforeAll, test } from 'vitest';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue, fillText } from '#contract/errors/catalogue.ts';
import { showCode } from '#contract/identity/code.ts';
import { until, waitForPhase } from './support/page.ts';
import { createPhone } from './support/phone.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

const words = messages.ja;
let world: World;
let app: LaunchedApp;
let phone: ReturnType<typeof createPhone>;
let emergency: string[];
/** The number that was good last. */
let used: string;

beforeAll(async () => {
  world = await createWorld({ otp: 'prompted' });
  const { uri } = (await world.office.command('user', 'otp-reset', 'hanako')) as { uri: string };
  phone = createPhone(uri);
  const printed = await world.office.command('user', 'emergency-codes', 'hanako');
  emergency = (printed as { codes: string[] }).codes;
  app = await world.open();
});
afterAll(async () => world?.stop());

test('the number on the phone is asked for: a wrong one is refused with the tries that are left, the right one connects', async () => {
  await connect(words['ready.connect']);
  await shoot(app.page, 'otp-asked');
  const now = phone.code(Date.now());
  const wrong = String((Number(now) + 500_000) % 1_000_000).padStart(6, '0');
  await answer(words['otp.label'], wrong);
  await app.page.getByText(catalogue.otpWrong.title.ja).waitFor();
  await app.page.getByText(fillText(catalogue.otpWrong.cause.ja, { left: 9 })).waitFor();
  await shoot(app.page, 'otp-wrong');
  used = phone.code(Date.now());
  await answer(words['otp.label'], used);
  await waitForPhase(app, 'connected');
});

test('the same number again is refused as used, and the next one connects', async () => {
  await disconnect();
  await connect(words['ended.retry']);
  await answer(words['otp.label'], used);
  await app.page.getByText(catalogue.otpUsed.title.ja).waitFor();
  // The phone shows another number within half a minute.
  await until('the next number', () => phone.code(Date.now()) !== used, 40_000);
  await answer(words['otp.label'], phone.code(Date.now()));
  await waitForPhase(app, 'connected');
});

test('an emergency code of the printed list connects without the phone, once', async () => {
  await disconnect();
  await connect(words['ended.retry']);
  await app.page.getByRole('button', { name: words['otp.useEmergency'] }).click();
  await answer(words['otp.emergencyTitle'], showCode(emergency[0]!));
  await waitForPhase(app, 'connected');
  await disconnect();
  await connect(words['ended.retry']);
  await app.page.getByRole('button', { name: words['otp.useEmergency'] }).click();
  await answer(words['otp.emergencyTitle'], showCode(emergency[0]!));
  await app.page.getByText(catalogue.emergencyCodeWrong.title.ja).waitFor();
  await answer(words['otp.emergencyTitle'], showCode(emergency[1]!));
  await waitForPhase(app, 'connected');
});

async function connect(button: string): Promise<void> {
  await app.page.getByRole('button', { name: button }).click();
  await app.page.getByRole('dialog').waitFor();
}

async function disconnect(): Promise<void> {
  await app.page.getByRole('button', { name: words['bar.disconnect'] }).click();
  await waitForPhase(app, 'ended');
}

async function answer(label: string, code: string): Promise<void> {
  const field = app.page.getByRole('dialog').getByLabel(label, { exact: true });
  await field.fill(code);
  await app.page.getByRole('button', { name: words['otp.submit'], exact: true }).click();
}
