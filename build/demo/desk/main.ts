import { parseArgs } from 'node:util';
import { createLogger } from '#contract/log/logger.ts';
import { startDemoDesk } from './index.ts';

/** Runs the demo desk alone, to be looked at with any VNC viewer. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5901' },
    width: { type: 'string', default: '1600' },
    height: { type: 'string', default: '900' },
    lang: { type: 'string', default: 'ja' },
    password: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log('demo desk: --port N  --width N  --height N  --lang ja|en  --password TEXT');
} else {
  const logger = createLogger({ sink: (line) => console.error(line), now: Date.now, context: 'desk' });
  const desk = await startDemoDesk({
    port: Number(values.port),
    width: Number(values.width),
    height: Number(values.height),
    language: values.lang === 'en' ? 'en' : 'ja',
    ...(values.password === undefined ? {} : { password: values.password }),
    logger,
  });
  console.log(`demo desk: vncviewer 127.0.0.1::${desk.port}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void desk.close());
}
