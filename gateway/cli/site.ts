import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Address } from '#contract/wire/enrol.ts';
import { addClientCas } from '../site/client-cas.ts';
import { sitePaths } from '../site/site.ts';
import { officeOf } from './office.ts';
import { withOutFile } from './out-file.ts';
import { CliError, type Context, facts, show } from './outcome.ts';
import { inGroups } from './qr.ts';
import { formatAddress, parseAddress } from './values.ts';
import { withIdentity, withStore } from './with-store.ts';

export function addSiteCommands(program: Command, context: Context): void {
  addSiteFile(program, context);
  addTrust(program, context);
}

function addSiteFile(program: Command, context: Context): void {
  program
    .command('site-file')
    .description('write the file that the installer leaves on laptops, so that the code alone is enough to enrol')
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .option('--office <host:port>', 'where laptops enrol (default: first host, configured port)', parseAddress)
    .addHelpText('after', '\nExample:\n  $ hanare-gateway site-file --out site.json')
    .action(({ out, office }: { out: string; office?: Address }, command: Command) =>
      withIdentity(command, context, ({ site, json }) => {
        const make = () => officeOf(site, office);
        const { result, file } = withOutFile(context, out, make, (value) => `${JSON.stringify(value, null, 2)}\n`);
        const text = facts([
          ['File', file!],
          ['Office', formatAddress(result.enrol)],
          ['Fingerprint', inGroups(result.fingerprint, 8)],
        ]);
        show(context, json, { ...result, file }, `The site file is written; it holds no secret.\n${text}`);
      }),
    );
}

function addTrust(program: Command, context: Context): void {
  const ca = program.command('ca').description('CAs besides the site’s own, for laptops that bring their certificate');
  ca.command('trust')
    .description('trust a CA for the certificates (PKCS#12) that laptops bring; each still needs an enrolment code')
    .argument('<file>', 'the CA’s certificate, or several, in PEM')
    .addHelpText('after', '\nExample:\n  $ hanare-gateway ca trust city-ca.pem')
    .action((file: string, _: object, command: Command) =>
      withStore(command, context, ({ store, data, audit, actor, json }) => {
        const text = readFileSync(resolve(context.cwd, file), 'utf8');
        if (text.includes('PRIVATE KEY'))
          throw new CliError('That file holds a private key; give the certificate only.');
        const added = store.transaction(() => {
          const result = addClientCas(sitePaths(data).clientCas, text);
          for (const details of result) audit.append({ actor, action: 'ca.trusted', details });
          return result;
        });
        const names = added.map(
          ({ subject, fingerprint }) => `Trusted from now on: ${subject}\n  SHA-256 ${fingerprint}`,
        );
        const after = 'A gateway that runs has to be started anew.';
        const said = added.length === 0 ? 'It was trusted already.' : [...names, after].join('\n');
        show(context, json, { added }, said);
      }),
    );
}
