import type { Command } from 'commander';
import { showCode } from '#contract/identity/code.ts';
import { type Address, enrolmentLine, type SiteFile } from '#contract/wire/enrol.ts';
import type { DeviceRow } from '../store/device-records.ts';
import { officeOf } from './office.ts';
import { withOutFile } from './out-file.ts';
import { CliError, type Context, exitCodes, facts, localDate, localTime, show } from './outcome.ts';
import { inGroups, qrSvg, qrText } from './qr.ts';
import { formatAddress, parseAddress, parseDate, parseHours, parseId, parseName } from './values.ts';
import { withIdentity } from './with-store.ts';

type Options = {
  again?: string;
  user?: string;
  label?: string;
  id?: string;
  until?: number;
  hours: number;
  office?: Address;
  svg?: string;
};
type Sheet = Readonly<{
  device: DeviceRow;
  /** Whether the device had codes before. */
  again: boolean;
  code: string;
  expires: number;
  office: SiteFile;
  line: string;
}>;

const defaultHours = 72;

/** `device enrol`: the one moment at which a code can be read; the store keeps its hash. */
export function addDeviceEnrol(device: Command, context: Context): void {
  device
    .command('enrol')
    .description('register a laptop and print the code with which it enrols; the code is shown this once')
    .option('--user <id>', 'whose laptop it is', parseId)
    .option('--label <label>', 'what is written on the laptop', parseName)
    .option('--id <id>', 'id of the device (default: made up)', parseId)
    .option('--until <date>', 'last day of the loan, YYYY-MM-DD (default: no end)', parseDate)
    .option('--again <device>', 'a new code for a device that exists, instead of a new device', parseId)
    .option('--hours <number>', 'how long the code may be used', parseHours, defaultHours)
    .option('--office <host:port>', 'where the laptop enrols (default: first host, configured port)', parseAddress)
    .option('--svg <file>', 'also write the QR code as SVG; the file must not exist yet')
    .addHelpText(
      'after',
      `
Examples:
  $ hanare-gateway device enrol --user yamada --label "Laptop 7" --until 2027-03-31
  $ hanare-gateway device enrol --again laptop-7 --svg laptop-7.svg`,
    )
    .action((options: Options, command: Command) =>
      withIdentity(command, context, ({ store, site, identity, json, actor }) => {
        const office = officeOf(site, options.office);
        const { hours } = options;
        const issue = (): Sheet => {
          const { again } = options;
          const made =
            again === undefined
              ? identity.createDevice({ ...newDevice(options, context.now()), hours, actor })
              : { ...identity.newCode(again, { hours, actor }), device: store.device(again)! };
          return { ...made, again: again !== undefined, office, line: enrolmentLine(office, made.code) };
        };
        if (options.again !== undefined) refuseOthers(options);
        const { result, file } = withOutFile(context, options.svg, issue, ({ line }) => qrSvg(line));
        const { id, label, user, lease } = result.device;
        const { code, expires, line } = result;
        const value = { device: { id, label, user, lease }, code, expires, office: office.enrol };
        const person = store.user(user)?.name ?? user;
        const printed = { ...value, fingerprint: office.fingerprint, line, svg: file ?? null };
        show(context, json, printed, sheetText(result, person, file));
      }),
    );
}

function refuseOthers({ user, label, id, until }: Options): void {
  if ([user, label, id, until].every((value) => value === undefined)) return;
  throw new CliError('With --again only --hours, --office and --svg make sense.', exitCodes.usage);
}

function newDevice({ user, label, id, until }: Options, now: number) {
  if (user === undefined || label === undefined) {
    throw new CliError('Give --user and --label for a new device, or --again with the id of one.', exitCodes.usage);
  }
  return { user, label, lease: until === undefined ? null : notPast(until, now), ...(id === undefined ? {} : { id }) };
}

/** @throws {CliError} a loan that is over before it begins is a slip of the keyboard. */
export function notPast(until: number, now: number): number {
  if (until >= now) return until;
  throw new CliError(`The day ${localDate(until)} is over.`, exitCodes.usage);
}

function sheetText(
  { device, again, code, expires, office, line }: Sheet,
  person: string,
  file: string | undefined,
): string {
  return [
    `Device "${device.id}" may enrol once with this code. It cannot be shown again.${again ? ' Its older codes are void.' : ''}`,
    '',
    facts([
      ['Laptop', device.label],
      ['Lent to', `${person} (${device.user})`],
      ['Lent until', device.lease === null ? 'no end' : localDate(device.lease)],
      ['Code', showCode(code)],
      ['Good until', localTime(expires)],
      ['Office', formatAddress(office.enrol)],
      ['Fingerprint', inGroups(office.fingerprint, 8)],
    ]),
    '',
    qrText(line),
    ...(file === undefined ? [] : ['', `QR code: ${file}. Whoever has it has the code.`]),
  ].join('\n');
}
