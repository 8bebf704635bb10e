import { Command, CommanderError } from 'commander';
import { addAuditCommands } from './audit.ts';
import { addDeskCommands } from './desk.ts';
import { addDeviceCommands } from './device.ts';
import { addGroupCommands } from './group.ts';
import { addInit } from './init.ts';
import { type Context, exitCodeOf, exitCodes, explain } from './outcome.ts';
import { addPolicyCommands } from './policy.ts';
import { addServe } from './serve.ts';
import { addSessionCommands } from './session.ts';
import { addSiteCommands } from './site.ts';
import { addUserCommands } from './user.ts';

const epilogue = `
Exit codes: ${exitCodes.ok} done · ${exitCodes.failed} refused or failed · ${exitCodes.usage} wrong usage · \
${exitCodes.notInitialised} no site in the data folder · ${exitCodes.cannotListen} cannot listen

Example, a whole office from nothing:
  $ hanare-gateway init --site "Sakura City" --host gw.example.lg.jp
  $ hanare-gateway user add yamada --name "Yamada Hanako"
  $ hanare-gateway desk add pc-101 --name "Desk 101" --protocol vnc --address 10.1.2.3:5900
  $ hanare-gateway desk assign pc-101 yamada
  $ hanare-gateway serve &
  $ hanare-gateway device enrol --user yamada --label "Laptop 7"
`;

/** @param json keeps commander's own words back: a machine gets one line of JSON instead. */
export function createProgram(context: Context, json = false): Command {
  const program = new Command('hanare-gateway')
    .description('The office side of Hanare: lets loaned laptops reach their own desk PC, and nothing else.')
    .option('--data <folder>', 'data folder (default: $HANARE_GATEWAY_DATA or ./hanare-gateway)')
    .option('--json', 'print results, and errors on stderr, as JSON for machines')
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.output.out(text.replace(/\n$/, '')),
      writeErr: (text) => (json ? undefined : context.output.err(text.replace(/\n$/, ''))),
    })
    .showHelpAfterError('(add --help to see how it is used)');
  // Added commands inherit exitOverride and the output only when they are made by .command().
  addInit(program, context);
  addServe(program, context);
  addUserCommands(program, context);
  addDeskCommands(program, context);
  addDeviceCommands(program, context);
  addSessionCommands(program, context);
  addPolicyCommands(program, context);
  addGroupCommands(program, context);
  addAuditCommands(program, context);
  addSiteCommands(program, context);
  return program;
}

/** Runs one command line. @param argv without node and script. @returns the exit code. */
export async function runCli(argv: readonly string[], context: Context): Promise<number> {
  const json = argv.includes('--json');
  const refuse = (exitCode: number, message: string) =>
    context.output.err(json ? JSON.stringify({ error: { exitCode, message } }) : `hanare-gateway: ${message}`);
  try {
    await createProgram(context, json).parseAsync([...argv], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      const code = exitCodeOf(error);
      if (json && code !== exitCodes.ok) refuse(code, usageMessage(error));
      return code;
    }
    const { message, exitCode, expected } = explain(error);
    refuse(exitCode, message);
    if (!expected && error instanceof Error && error.stack) context.output.err(error.stack);
    return exitCode;
  }
}

function usageMessage(error: CommanderError): string {
  // Its help is no sentence for a machine.
  return error.code === 'commander.help' ? 'Give a command.' : error.message.replace(/^error: /, '');
}
