import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import type { RulesView, SessionState } from '#contract/ipc/state.ts';
import type { Rules } from '#contract/policy/policy.ts';
import { sessionState, until, waitForPhase } from './support/page.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/* The office's rules as a person meets them: on the page that lists them, at the refusal, in the middle of a session. */
const words = messages.ja;
let world: World;
let app: LaunchedApp;

beforeAll(async () => {
  world = await createWorld();
  app = await world.open();
});
afterAll(async () => world?.stop());

/** Decides rules for all. */
async function rule(rules: Rules): Promise<void> {
  const file = join(world.folder, 'rules.json');
  await writeFile(file, JSON.stringify(rules));
  await world.office.command('policy', 'set', file, '--site');
}
const rulesOf = () =>
  app.page.evaluate(() =>
    (globalThis as unknown as { hanare: { rules: { get(): Promise<RulesView> } } }).hanare.rules.get(),
  );
const connect = async () => {
  // Where trying again at once is of no use, the way is by the first screen.
  const back = app.page.getByRole('button', { name: '最初の画面に戻る' });
  if (await back.isVisible()) await back.click();
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
};
async function refusedWith(reason: ErrorName): Promise<Extract<SessionState, { phase: 'ended' }>> {
  const seen = await waitForPhase(app, 'ended');
  if (seen.phase !== 'ended') throw new Error('unreachable');
  expect(seen.failure?.reason).toBe(reason);
  await app.page.getByText(catalogue[reason].title.ja).first().waitFor();
  return seen;
}
/** Closed today and every day. */
const never = { offset: 540, week: {}, holidays: [], extra: [] };

test('the page lists every rule with who set it, before the first connection already', async () => {
  await app.page.getByRole('button', { name: 'この端末の規則' }).click();
  await app.page.getByRole('heading', { name: 'この端末の規則' }).waitFor();
  await app.page.getByText('画面の透かし').first().waitFor();
  expect((await rulesOf()).rules.find(({ name }) => name === 'usb')).toMatchObject({ value: 'warn', origin: 'file' });
  await shoot(app.page, 'rules');
  await app.page.getByRole('button', { name: '戻る' }).click();
});

test('outside the hours the desk is refused, in words that say when it opens', async () => {
  await rule({ hours: never });
  await connect();
  await refusedWith('outsideHours');
  await shoot(app.page, 'refused-hours');
});

test('a laptop whose disk is not encrypted is refused by name where the office demands it', async () => {
  await rule({ diskEncryption: { action: 'refuse', graceDays: 0 } });
  await connect();
  await refusedWith('diskNotEncrypted');
  await shoot(app.page, 'refused-disk');
});

test('a desk of a refused class stays in the office', async () => {
  await rule({});
  await world.office.command('desk', 'set', 'pc-1', '--class', 'my-number');
  await connect();
  await refusedWith('deskClassRefused');
  await world.office.command('desk', 'set', 'pc-1', '--class', 'none');
});

test('what is only warned of stands in the bar, and the page says what to do', async () => {
  await rule({ diskEncryption: { action: 'warn', graceDays: 0 } });
  await connect();
  await waitForPhase(app, 'connected');
  await until('the notice', async () => {
    const state = await sessionState(app);
    return state.phase === 'connected' && state.notices.some(({ reason }) => reason === 'diskNotEncrypted');
  });
  await shoot(app.page, 'notice');
});

test('a change of the rules reaches the session within five seconds: who may not use it any more is out', async () => {
  const changed = performance.now();
  await rule({ hours: never });
  await refusedWith('hoursOver');
  console.log(`rule changed to session ended: ${Math.round(performance.now() - changed)} ms`);
});

test('the receipt says that nothing of the session is left, and the office has it', async () => {
  await until('the receipt at the office', async () => {
    const state = await sessionState(app);
    return state.phase === 'ended' && state.receipt !== 'pending' && state.receipt?.kept === 'office';
  });
  const state = await sessionState(app);
  expect(state.phase === 'ended' && state.receipt).toMatchObject({ clean: true, found: [] });
  await shoot(app.page, 'receipt');
  const { entries } = (await world.office.command('audit', 'list')) as { entries: { action: string }[] };
  expect(entries.map(({ action }) => action)).toContain('evidence.residue');
  expect(await world.office.command('audit', 'verify')).toMatchObject({ problem: null });
});

test('rules that nobody signed let nothing open', async () => {
  await rule({});
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(world.office.data, 'policy.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await world.office.stop();
  await world.office.serve();
  await connect();
  await refusedWith('policyRejected');
});
