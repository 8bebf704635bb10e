import type { Command } from 'commander';
import { showCode } from '#contract/identity/code.ts';
import { addDeviceEnrol, notPast } from './device-enrol.ts';
import { addDeviceViews } from './device-show.ts';
import { type Context, confirmed, localDate, show } from './outcome.ts';
import { parseChallenge, parseDateOrNone, parseId } from './values.ts';
import { withIdentity } from './with-store.ts';

export function addDeviceCommands(program: Command, context: Context): void {
  const device = program.command('device').description('the laptops that may connect');
  addDeviceEnrol(device, context);
  addDeviceViews(device, context);
  addLease(device, context);
  addUnlock(device, context);
  addStops(device, context);
}

function addLease(device: Command, context: Context): void {
  device
    .command('lease')
    .description('set until when a laptop is lent; past that day no session opens')
    .argument('<id>', 'id of the device', parseId)
    .requiredOption('--until <date>', 'last day of the loan, YYYY-MM-DD, or "none"', parseDateOrNone)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway device lease laptop-7 --until 2027-03-31')
    .action((id: string, { until }: { until: number | 'none' }, command: Command) =>
      withIdentity(command, context, ({ identity, json, actor }) => {
        const lease = until === 'none' ? null : notPast(until, context.now());
        identity.setLease(id, lease, actor);
        const text = lease === null ? 'without an end' : `until the end of ${localDate(lease)}`;
        show(context, json, { device: id, lease }, `Device "${id}" is lent ${text}.`);
      }),
    );
}

function addUnlock(device: Command, context: Context): void {
  device
    .command('unlock')
    .description('let a suspended laptop connect again; with --challenge, answer one that has locked itself')
    .argument('<id>', 'id of the device', parseId)
    .option('--challenge <code>', 'what the locked laptop shows, as read out', parseChallenge)
    .addHelpText(
      'after',
      `
Examples:
  $ hanare-gateway device unlock laptop-7
  $ hanare-gateway device unlock laptop-7 --challenge K7M2-9QRQ`,
    )
    .action((id: string, { challenge = null }: { challenge?: string | null }, command: Command) =>
      withIdentity(command, context, ({ store, identity, json, actor }) => {
        const before = store.device(id)?.status;
        const { answer, status } = identity.unlockDevice(id, { challenge, actor });
        const lifted = before === 'suspended' && status !== 'suspended';
        const text = [
          ...(lifted || answer === null
            ? [`Device "${id}" ${lifted ? 'is' : 'was'} ${status}${lifted ? ' again' : ' already'}.`]
            : []),
          ...(answer === null ? [] : [`Answer for the laptop: ${showCode(answer)}`]),
        ].join('\n');
        show(context, json, { device: id, status, answer }, text);
      }),
    );
}

const stops = [
  {
    verb: 'suspend',
    status: 'suspended',
    description: 'stop a laptop until "device unlock"; a live session is cut',
    after: 'It may come back with "device unlock".',
  },
  {
    verb: 'revoke',
    status: 'revoked',
    description: 'give up a lost laptop: a live session is cut, and it erases itself when it next reaches the gateway',
    after: 'It erases itself when it next reaches the gateway; "device show" tells when it did.',
  },
  {
    verb: 'retire',
    status: 'retired',
    description: 'end the use of a laptop that came back: it erases itself and never enrols as this device again',
    after: 'It erases itself when it next reaches the gateway, or by "hanare --erase".',
  },
] as const;

function addStops(device: Command, context: Context): void {
  for (const { verb, status, description, after } of stops) {
    const command = device.command(verb).description(description).argument('<id>', 'id of the device', parseId);
    const asks = verb !== 'suspend';
    if (asks) command.option('--yes', 'do not ask');
    command
      .addHelpText('after', `\nExample:\n  $ hanare-gateway device ${verb} laptop-7${asks ? ' --yes' : ''}`)
      .action((id: string, { yes }: { yes?: boolean }, self: Command) =>
        withIdentity(self, context, async ({ store, identity, json, actor }) => {
          const row = store.device(id);
          // An id that does not exist is refused below, without a question.
          if (asks && row !== undefined && row.status !== status) {
            const question = `${verb} "${id}" (${row.label}, ${row.user})? Its keys will be erased.`;
            await confirmed(context, { yes: yes ?? false, question });
          }
          const changed = identity.setDeviceStatus(id, status, actor);
          const then = asks && store.device(id)?.erase !== 'asked' ? 'It has nothing to erase.' : after;
          const text = changed ? `Device "${id}" is ${status} now. ${then}` : `Device "${id}" was ${status} already.`;
          show(context, json, { device: id, status, changed }, text);
        }),
      );
  }
}
