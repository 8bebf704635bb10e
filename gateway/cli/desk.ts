import type { Command } from 'commander';
import type { DeskProtocol, RdpSecurity } from '#contract/wire/messages.ts';
import type { DeskChange, DeskRow } from '../store/directory.ts';
import { addDeskWake } from './desk-wake.ts';
import { askEnd, liveSessions } from './end-sessions.ts';
import { type Context, show, table } from './outcome.ts';
import {
  formatAddress,
  noneAsNull,
  orNone,
  parseAddress,
  parseCertificate,
  parseDeskClass,
  parseId,
  parseMac,
  parseName,
  parseProtocol,
  parseSecurity,
  parseWakeTo,
} from './values.ts';
import { withStore } from './with-store.ts';

const texts = {
  name: 'name as people read it',
  address: 'where the gateway reaches it; laptops never see this',
  class: 'what it handles, as policies name it: my-number',
  mac: 'address of its network card, so that connecting starts it',
  wakeTo: 'where the packet goes that starts it (default: the network of its address)',
  security: 'rdp: nla, or tls for a desk that asks for the password on its own screen (xrdp)',
  certificate: 'rdp: SHA-256 of the certificate that it must show (default: what it shows first)',
} as const;

export function addDeskCommands(program: Command, context: Context): void {
  const desk = program.command('desk').description('the desk PCs and who may use them');
  addAdd(desk, context);
  addSet(desk, context);
  addList(desk, context);
  addAssign(desk, context);
  addDeskWake(desk, context);
}

type AddOptions = {
  name: string;
  protocol: DeskProtocol;
  address: { host: string; port: number };
  class?: string;
  mac?: string;
  wakeTo?: string;
  security?: RdpSecurity;
  certificate?: string;
};

function addAdd(desk: Command, context: Context): void {
  desk
    .command('add')
    .description('add a desk PC')
    .argument('<id>', 'short id', parseId)
    .requiredOption('--name <name>', texts.name, parseName)
    .requiredOption('--protocol <protocol>', 'how its screen is reached: vnc, rdp', parseProtocol)
    .requiredOption('--address <host:port>', texts.address, parseAddress)
    .option('--class <class>', texts.class, parseDeskClass)
    .option('--mac <mac>', texts.mac, parseMac)
    .option('--wake-to <host:port>', texts.wakeTo, parseWakeTo)
    .option('--security <security>', texts.security, parseSecurity)
    .option('--certificate <sha256>', `${texts.certificate}; none: the first that it shows`, orNone(parseCertificate))
    .addHelpText(
      'after',
      '\nExample:\n  $ hanare-gateway desk add pc-101 --name "Desk 101" --protocol vnc --address 10.1.2.3:5900 \\\n' +
        '      --mac 00:1b:44:11:3a:b7 --wake-to 10.1.2.255:9',
    )
    .action((id: string, options: AddOptions, command: Command) =>
      withStore(command, context, ({ store, json, audit, actor }) => {
        const { name, protocol, address, class: tag = null, mac = null, wakeTo = null } = options;
        if (protocol !== 'rdp' && (options.security ?? options.certificate)) command.error(notRdp);
        if (options.security === 'tls' && options.certificate === undefined) command.error(unproven);
        const rdp =
          protocol === 'rdp'
            ? { security: options.security ?? 'nla', certificate: noneAsNull(options.certificate ?? null) }
            : { security: null, certificate: null };
        const facts = { name, protocol, ...address, class: tag, mac, wakeTo, ...rdp };
        store.transaction(() => {
          store.addDesk({ id, ...facts, created: context.now() });
          audit.append({ actor, action: 'desk.added', desk: id, details: facts });
        });
        const text = `Desk "${id}" (${name}) at ${formatAddress(address)} added. Nobody may use it yet: see "desk assign".`;
        show(context, json, { desk: { id, ...facts } }, text);
      }),
    );
}

const unproven =
  'error: a desk without network level authentication is sent the password by whoever answers: give --certificate, its SHA-256, ' +
  'or none to believe the first that it shows';
const notRdp = 'error: --security and --certificate are for desks of protocol rdp';

type SetOptions = Partial<AddOptions>;

function addSet(desk: Command, context: Context): void {
  desk
    .command('set')
    .description('change what is known of a desk PC; another address ends its live sessions')
    .argument('<id>', 'id of the desk', parseId)
    .option('--name <name>', texts.name, parseName)
    .option('--address <host:port>', texts.address, parseAddress)
    .option('--class <class>', `${texts.class}, or none`, orNone(parseDeskClass))
    .option('--mac <mac>', `${texts.mac}, or none`, orNone(parseMac))
    .option('--wake-to <host:port>', `${texts.wakeTo}, or none`, orNone(parseWakeTo))
    .option('--security <security>', texts.security, parseSecurity)
    .option(
      '--certificate <sha256>',
      'rdp: SHA-256 of its certificate; none takes what it shows next',
      orNone(parseCertificate),
    )
    .addHelpText('after', '\nExample:\n  $ hanare-gateway desk set pc-101 --class my-number --mac none')
    .action((id: string, { address, ...rest }: SetOptions, command: Command) => {
      const change = { ...noNone(rest), ...address };
      if (Object.keys(change).length === 0) command.error('error: give at least one option that says what to change');
      return withStore(command, context, (opened) => {
        const { store, json, audit, actor } = opened;
        if ((change.security ?? change.certificate) !== undefined && store.desk(id)?.protocol === 'vnc')
          command.error(notRdp);
        const { before, ended } = store.transaction(() => {
          const before = store.setDesk(id, change);
          const names = Object.keys(before) as (keyof DeskChange)[];
          if (names.length === 0) return { before, ended: 0 };
          const details = Object.fromEntries(names.map((name) => [name, { from: before[name], to: change[name] }]));
          audit.append({ actor, action: 'desk.changed', desk: id, details });
          // What is open still leads to the PC that was there before; a class is judged by the rules of each session.
          const moved = 'host' in before || 'port' in before;
          const ended = moved ? liveSessions(store, { desk: id }).filter((row) => askEnd(opened, row)) : [];
          return { before, ended: ended.length };
        });
        const changed = Object.keys(before);
        const said =
          changed.length === 0 ? `Desk "${id}" was so already.` : `Desk "${id}": ${changed.join(', ')} changed.`;
        const text = ended === 0 ? said : `${said} ${ended} live session${ended === 1 ? ' is' : 's are'} being ended.`;
        show(context, json, { desk: id, changed, ended }, text);
      });
    });
}

function noNone({ name, security, ...rest }: Omit<SetOptions, 'address'>): DeskChange {
  const { class: tag, mac, wakeTo, certificate } = rest;
  const given = Object.entries({ class: tag, mac, wakeTo, certificate }).filter(([, value]) => value);
  return {
    ...(name === undefined ? {} : { name }),
    ...(security === undefined ? {} : { security }),
    ...Object.fromEntries(given.map(([key, value]) => [key, noneAsNull(value)])),
  };
}

function addList(desk: Command, context: Context): void {
  desk
    .command('list')
    .description('list all desk PCs with their users, and whether each can be woken')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway desk list')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const desks = store.desks();
        const rows = desks.map((item) => [
          ...[item.id, item.name, protocolText(item), formatAddress(item), item.class ?? '-', wakeText(item)],
          item.users.join(', ') || '-',
        ]);
        const head = ['ID', 'NAME', 'PROTOCOL', 'ADDRESS', 'CLASS', 'WAKE', 'USERS'];
        show(context, json, { desks }, table(head, rows, 'There are no desks yet.'));
      }),
    );
}

/** An RDP desk with what its sign-in must be, and whether its certificate is known. */
function protocolText({ protocol, security, certificate }: DeskRow): string {
  if (protocol !== 'rdp') return protocol;
  return `rdp ${security}${certificate === null ? ', no pin yet' : ''}`;
}

function wakeText({ mac, wakeTo }: DeskRow): string {
  if (mac === null) return 'no';
  return wakeTo === null ? mac : `${mac} by ${wakeTo}`;
}

function addAssign(desk: Command, context: Context): void {
  for (const verb of ['assign', 'unassign'] as const) {
    const description =
      verb === 'assign' ? 'let a person use a desk PC' : 'stop a person from using a desk PC; a live session is cut';
    desk
      .command(verb)
      .description(description)
      .argument('<desk>', 'id of the desk', parseId)
      .argument('<user>', 'id of the user', parseId)
      .addHelpText('after', `\nExample:\n  $ hanare-gateway desk ${verb} pc-101 yamada`)
      .action((deskId: string, userId: string, _: object, command: Command) =>
        withStore(command, context, ({ store, json, audit, actor }) => {
          const assign = verb === 'assign';
          const changed = store.transaction(() => {
            const done = assign ? store.assign(deskId, userId, context.now()) : store.unassign(deskId, userId);
            if (done) audit.append({ actor, action: `desk.${verb}ed`, desk: deskId, user: userId });
            return done;
          });
          const now = assign ? `"${userId}" may use desk "${deskId}"` : `"${userId}" may not use desk "${deskId}"`;
          const text = changed ? `From now on ${now}.` : `It was so already: ${now}.`;
          show(context, json, { desk: deskId, user: userId, assigned: assign, changed }, text);
        }),
      );
  }
}
