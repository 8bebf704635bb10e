import { connect } from 'node:net';
import { createLogger } from '#contract/log/logger.ts';
import { probePath } from '#main/guard/path/path.ts';
import { openSystem } from '#main/guard/system.ts';

/** Probes the path from within a namespace. Arguments: the laptop's made-up root, the gateway's host and port. */
const [root = '', host = '', port = ''] = process.argv.slice(2);
const gateway = { host, port: Number(port) };

const log = createLogger({ sink: (line) => process.stderr.write(`${line}\n`), now: Date.now, context: 'probe' });
const report = await probePath({ gateway, system: openSystem(root), log });
const open = await new Promise<boolean>((resolve) => {
  const socket = connect(gateway);
  const done = (is: boolean) => {
    socket.destroy();
    resolve(is);
  };
  socket.setTimeout(5_000, () => done(false));
  socket.once('connect', () => done(true));
  socket.once('error', () => done(false));
});
process.stdout.write(`${JSON.stringify({ report, open })}\n`);
