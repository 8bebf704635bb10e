import type { Command } from 'commander';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { createLogger } from '#contract/log/logger.ts';
import type { WakeStage } from '#contract/wire/messages.ts';
import { systemClock } from '../server/limits.ts';
import { createWaker } from '../server/wake.ts';
import { CliError, type Context, show } from './outcome.ts';
import { parseId, parseSeconds } from './values.ts';
import { withStore } from './with-store.ts';

const stageTexts: Readonly<Record<WakeStage, string>> = {
  sent: 'The packet is sent. Waiting for an answer.',
  answers: 'The desk PC answers. Waiting for its remote access.',
  ready: 'Its remote access is ready.',
};

export function addDeskWake(desk: Command, context: Context): void {
  desk
    .command('wake')
    .description('start a desk PC over the network, as connecting to it does, and say how that gets on')
    .argument('<id>', 'id of the desk', parseId)
    .option('--wait <seconds>', 'how long to wait for its answer, and then for its remote access', parseSeconds)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway desk wake pc-101')
    .action((id: string, { wait }: { wait?: number }, command: Command) =>
      withStore(command, context, async ({ store, json, audit, actor }) => {
        const row = store.desk(id);
        if (row === undefined) throw new CliError(`There is no desk "${id}".`);
        audit.append({ actor, action: 'desk.wakeAsked', desk: id });
        // The result says what went wrong; the log would say it again.
        const logger = createLogger({ sink: () => undefined, now: context.now, context: 'wake' });
        const limits = wait === undefined ? {} : { answerMs: wait * 1000, readyMs: wait * 1000 };
        const stages: WakeStage[] = [];
        const stage = (reached: WakeStage): void => {
          stages.push(reached);
          if (!json) context.output.out(stageTexts[reached]);
        };
        const waker = createWaker({ clock: systemClock, logger, limits });
        const result = await waker.wake(row, { stage, signal: new AbortController().signal });
        if (result.ok) {
          const text =
            stages.length === 0 ? `Desk "${id}" is on, and its remote access is ready.` : `Desk "${id}" is awake.`;
          return show(context, json, { desk: id, ready: true, stages }, text);
        }
        if (json) show(context, json, { desk: id, ready: false, stages, failure: result.failure }, '');
        throw new CliError(sentence(result.failure));
      }),
    );
}

function sentence({ reason, details }: Failure): string {
  const { code, title, cause, helpdesk } = catalogue[reason];
  const filled = cause.en.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'));
  return `${title.en} ${filled} ${helpdesk.en} (${code})`;
}
