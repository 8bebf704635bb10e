import type { Command } from 'commander';
import type { CertificateRow } from '../store/certificate-records.ts';
import type { DeviceRow } from '../store/device-records.ts';
import { CliError, type Context, facts, localDate, show, table, time } from './outcome.ts';
import { inGroups } from './qr.ts';
import { parseId } from './values.ts';
import { withStore } from './with-store.ts';

export function addDeviceViews(device: Command, context: Context): void {
  device
    .command('list')
    .description('list all laptops')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway device list')
    .action((_: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const devices = store.devices();
        const rows = devices.map((row) => [
          ...[row.id, row.label, row.user, row.status, localDate(row.lease), time(row.lastSeen)],
          notes(row, context.now()).join(', ') || '-',
        ]);
        const head = ['ID', 'LABEL', 'USER', 'STATUS', 'LENT UNTIL', 'LAST SEEN', 'NOTE'];
        show(context, json, { devices }, table(head, rows, 'There are no devices yet.'));
      }),
    );
  device
    .command('show')
    .description('everything about one laptop: loan, certificates, last contact, machine')
    .argument('<id>', 'id of the device', parseId)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway device show laptop-7')
    .action((id: string, _: object, command: Command) =>
      withStore(command, context, ({ store, json }) => {
        const row = store.device(id);
        if (row === undefined) throw new CliError(`There is no device "${id}".`);
        const certificates = store.certificates(id);
        const person = store.user(row.user)?.name ?? row.user;
        show(context, json, { device: row, certificates }, describeDevice(row, certificates, person, context.now()));
      }),
    );
}

/** What IT should look at, in few words. */
function notes(row: DeviceRow, now: number): string[] {
  return [
    ...(row.lease !== null && row.lease < now ? ['loan is over'] : []),
    ...(row.machineChanged === null ? [] : ['machine changed']),
    ...(row.erase === 'asked' ? ['not erased yet'] : []),
    ...(row.erase === 'done' ? ['erased'] : []),
    ...(row.drift === null || row.drift === 0 ? [] : [`clock ${row.drift > 0 ? '+' : ''}${row.drift} s`]),
  ];
}

function describeDevice(row: DeviceRow, certificates: CertificateRow[], person: string, now: number): string {
  const { machine } = row;
  const over = row.lease !== null && row.lease < now ? ' (over)' : '';
  return [
    `Device "${row.id}" (${row.label})`,
    facts([
      ['Status', row.status],
      ['Lent to', `${person} (${row.user})`],
      ['Lent until', row.lease === null ? 'no end' : `${localDate(row.lease)}${over}`],
      ['Registered', time(row.created)],
      ['Certificates', certificates.map(certificateLine).join('\n') || 'none yet'],
      ['Last seen', row.lastSeen === null ? 'never' : `${time(row.lastSeen)}, version ${row.clientVersion ?? '-'}`],
      ['Product UUID', machine?.uuid ?? '-'],
      ['Serial number', machine?.serial ?? '-'],
      ['MAC addresses', machine?.macs.join('\n') || '-'],
      [
        'Machine',
        row.machineChanged === null
          ? machine === null
            ? '-'
            : 'the same as ever'
          : `CHANGED at ${time(row.machineChanged)}`,
      ],
      ['Clock', drift(row.drift)],
      ['Erasing', erasing(row)],
    ]),
  ].join('\n');
}

function certificateLine(item: CertificateRow): string {
  const serial = item.serial === '' ? '' : `, serial ${inGroups(item.serial.toLowerCase(), 16)}`;
  return `${item.state}, ${item.origin}, ${time(item.from)} to ${time(item.until)}${serial}`;
}

function drift(seconds: number | null): string {
  if (seconds === null) return 'not measured yet';
  if (seconds === 0) return 'right (within 30 s)';
  return `about ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the gateway`;
}

function erasing(row: DeviceRow): string {
  switch (row.erase) {
    case 'none':
      return '-';
    case 'asked':
      return 'asked for; not confirmed yet';
    case 'done':
      return `confirmed by the laptop at ${time(row.erased)}`;
    default:
      return row.erase satisfies never;
  }
}
