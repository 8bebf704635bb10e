import type { Command } from 'commander';
import { showCode } from '#contract/identity/code.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import type { UserRow } from '../store/directory.ts';
import { withOutFile } from './out-file.ts';
import { type Context, facts, localTime, show, table, time } from './outcome.ts';
import { inGroups, qrSvg, qrText } from './qr.ts';
import { parseId, parseMethod, parseName } from './values.ts';
import { withIdentity, withStore } from './with-store.ts';

export function addUserCommands(program: Command, context: Context): void {
  const user = program.command('user').description('the people who may use a desk');
  addDirectory(user, context);
  addMethod(user, context);
  addUnlock(user, context);
  addOtpReset(user, context);
  addEmergencyCodes(user, context);
}

function addDirectory(user: Command, context: Context): void {
  user
    .command('add')
    .description('add a person')
    .argument('<id>', 'short id', parseId)
    .requiredOption('--name <name>', 'name as people read it', parseName)
    .option(
      '--otp <method>',
      'one-time password by the laptop (embedded) or the phone (prompted)',
      parseMethod,
      'embedded',
    )
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user add yamada --name "Yamada Hanako" --otp prompted')
    .action((id: string, { name, otp }: { name: string; otp: OtpMethod }, command: Command) =>
      withIdentity(command, context, ({ store, identity, audit, actor, json }) => {
        store.transaction(() => {
          store.addUser({ id, name, created: context.now() });
          audit.append({ actor, action: 'user.added', user: id, details: { name } });
          if (otp !== 'embedded') identity.setMethod(id, otp, actor);
        });
        const next = otp === 'prompted' ? ` Set up the phone with "user otp-reset ${id}".` : '';
        show(context, json, { user: { id, name, method: otp } }, `User "${id}" (${name}) added.${next}`);
      }),
    );
  user
    .command('list')
    .description('list all people')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user list --json')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const users = store.users().map((row) => ({ ...row, locked: isLocked(row, context.now()) }));
        const rows = users.map((row) => [
          ...[row.id, row.name, row.status, row.method],
          ...[row.locked ? `until ${time(row.lockedUntil)}` : '-', time(row.created)],
        ]);
        const head = ['ID', 'NAME', 'STATUS', 'OTP', 'LOCKED', 'ADDED'];
        show(context, json, { users }, table(head, rows, 'There are no users yet.'));
      }),
    );
}

function isLocked({ lockedUntil }: UserRow, now: number): boolean {
  return lockedUntil !== null && lockedUntil > now;
}

function addMethod(user: Command, context: Context): void {
  user
    .command('otp')
    .description('who makes a person’s one-time passwords: the laptop (embedded) or the phone (prompted)')
    .argument('<id>', 'id of the user', parseId)
    .argument('<method>', 'embedded or prompted', parseMethod)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user otp yamada prompted')
    .action((id: string, method: OtpMethod, _: object, command: Command) =>
      withIdentity(command, context, ({ store, identity, actor, json }) => {
        const changed = store.user(id)?.method !== method;
        identity.setMethod(id, method, actor);
        const text = changed ? methodText(id, method) : `It was so already: ${method}.`;
        show(context, json, { user: id, method, changed }, text);
      }),
    );
}

function methodText(id: string, method: OtpMethod): string {
  return method === 'prompted'
    ? `User "${id}" is asked for one-time passwords now (prompted). Set up the phone with "user otp-reset ${id}".`
    : `The laptops of "${id}" make the one-time passwords now (embedded).`;
}

function addUnlock(user: Command, context: Context): void {
  user
    .command('unlock')
    .description('let a person try again who is locked after wrong one-time passwords')
    .argument('<id>', 'id of the user', parseId)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user unlock yamada')
    .action((id: string, _: object, command: Command) =>
      withIdentity(command, context, ({ identity, actor, json }) => {
        const changed = identity.unlockUser(id, actor);
        const text = changed ? `User "${id}" may try again at once.` : `User "${id}" was not locked.`;
        show(context, json, { user: id, changed }, text);
      }),
    );
}

function addOtpReset(user: Command, context: Context): void {
  user
    .command('otp-reset')
    .description('make a new secret for a person’s phone and show it this once; the old one stops working')
    .argument('<id>', 'id of the user; the method must be prompted', parseId)
    .option('--svg <file>', 'also write the QR code as SVG; the file must not exist yet')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user otp-reset yamada --svg yamada.svg')
    .action((id: string, { svg }: { svg?: string }, command: Command) =>
      withIdentity(command, context, ({ identity, actor, json }) => {
        const reset = () => identity.resetOtp(id, actor);
        const { result, file } = withOutFile(context, svg, reset, ({ uri }) => qrSvg(uri));
        const { uri, secret } = result;
        const text = [
          `Have "${id}" scan this with an authenticator app, or type the secret. It cannot be shown again.`,
          '',
          qrText(uri),
          '',
          facts([
            ['Secret', inGroups(secret, 8)],
            ['Type', 'time-based, 6 digits, 30 seconds, SHA-1'],
            ...(file === undefined ? [] : [['QR code', `${file}. Delete it after use.`] as const]),
          ]),
        ].join('\n');
        show(context, json, { user: id, uri, secret, svg: file ?? null }, text);
      }),
    );
}

function addEmergencyCodes(user: Command, context: Context): void {
  user
    .command('emergency-codes')
    .description('print ten codes, each good once instead of a one-time password; the old list is void')
    .argument('<id>', 'id of the user', parseId)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway user emergency-codes yamada | lpr')
    .action((id: string, _: object, command: Command) =>
      withIdentity(command, context, ({ store, identity, actor, json }) => {
        const codes = identity.emergencyCodes(id, actor);
        const person = store.user(id);
        const lines = codes.map((code, index) => `  [ ] ${String(index + 1).padStart(2)}  ${showCode(code)}`);
        const text = [
          `Emergency codes of ${person?.name ?? id} (${id}), ${localTime(context.now())}`,
          'Each works once, instead of a one-time password. Every older list is void.',
          '',
          ...lines,
          '',
          'Keep this away from the laptop. These codes cannot be shown again.',
          ...(person?.method === 'prompted' ? [] : [`No laptop asks for them until "user otp ${id} prompted".`]),
        ].join('\n');
        show(context, json, { user: id, codes }, text);
      }),
    );
}
