import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createLogger } from '#contract/log/logger.ts';
import type { WakeStage } from '#contract/wire/messages.ts';
import { systemClock } from '#gateway/server/limits.ts';
import { createWaker, magicPacket, type WakeLimits } from '#gateway/server/wake.ts';
import { startXtigervnc, type Xtigervnc } from '#test/fakes/xtigervnc.ts';

/*
 * Run alone in a network namespace: a desk PC that is off (its packets vanish), and comes on at the packet for its card:
 * first the system, which refuses, then the service. Writes one line of JSON.
 */
const mac = '00:1b:44:11:3a:b7';
const port = 5900;
const sh = (command: string) => execFileSync('sh', ['-c', command], { stdio: 'inherit' });
sh('ip link set lo up && nft add table inet off && nft "add chain inet off in { type filter hook input priority 0; }"');
sh(`nft add rule inet off in tcp dport ${port} drop`);

const card = createSocket('udp4');
card.bind(9, '127.0.0.1');
await once(card, 'listening');
const logger = createLogger({ sink: () => undefined, now: Date.now, context: 'test' });
const stages: WakeStage[] = [];
const wake = async (of: string | null, limits: Partial<WakeLimits> = {}) => {
  stages.length = 0;
  const result = await createWaker({ clock: systemClock, logger, limits }).wake(
    { id: 'pc-1', protocol: 'vnc', host: '127.0.0.1', port, mac: of, wakeTo: null },
    { stage: (stage) => stages.push(stage), signal: new AbortController().signal },
  );
  return { stages: [...stages], result };
};

const off = await wake(null);
const dead = await wake('00:1b:44:11:3a:b8', { lookMs: 500, everyMs: 200, answerMs: 2_000 });

let packets = 0;
let desk: Promise<Xtigervnc> | undefined;
let silentBefore: boolean | undefined;
card.on('message', (packet) => {
  packets += packet.equals(magicPacket(mac)) ? 1 : 0;
  // The first is lost on its way to a card that sleeps deeply.
  if (packets < 2 || desk !== undefined) return;
  silentBefore = stages.join() === 'sent';
  sh('nft delete table inet off');
  desk = new Promise((resolve) => setTimeout(() => resolve(startXtigervnc({ port })), 1_500));
});
const woken = await wake(mac);
await (await desk)?.stop();
card.close();
process.stdout.write(`${JSON.stringify({ off, dead, woken: { ...woken, silentBefore } })}\n`);
