import type { SessionState } from '#contract/ipc/state.ts';
import { createGuard } from '#main/guard/guard.ts';
import { probePath } from '#main/guard/path/path.ts';
import { openSystem } from '#main/guard/system.ts';
import { createOfficeLaptop } from './office-laptop.ts';

/**
 * A laptop in a namespace: main as it is, with the real probes of the path, enrols and connects; says how it ended.
 * Arguments: its made-up root, the office's host and enrolment port, the code, a folder of its own.
 */
const [root = '', host = '', port = '', code = '', folder = ''] = process.argv.slice(2);
const system = openSystem(root);

const laptop = await createOfficeLaptop({
  folder,
  guard: (identity, log) =>
    createGuard({
      usb: () => ({ devices: () => [], seen: () => true, ready: Promise.resolve() }),
      capture: () => ({ pause: null, notice: null }),
      posture: async () => ({ os: 'linux', client: '1.0.0', facts: [] }),
      path: (gateway, signal) => probePath({ gateway, system, log, signal }),
      clipboard: async () => null,
      residue: async ({ sid }) => ({ sid, files: 0, bytes: 0, found: [], unread: [] }),
      receipts: { add: async () => 1, pending: () => [], delivered: async () => undefined },
      deliver: async () => [],
      rules: identity.rules,
      gateway: async () => null,
      now: Date.now,
      log,
      onRules: () => undefined,
    }),
});
const reached = async (done: (state: SessionState) => boolean) => {
  while (!done(laptop.session.state())) await new Promise((resolve) => setTimeout(resolve, 20));
  return laptop.session.state();
};
await laptop.enrol({ host, port: Number(port) }, code);
await laptop.session.connect(null);
const state = await reached((now) => now.phase === 'ended' || (now.phase === 'connecting' && now.stage === 'picture'));
const reason = state.phase === 'ended' ? state.failure?.reason : 'open';
laptop.session.disconnect();
process.stdout.write(`${JSON.stringify({ reason, lines: laptop.lines.slice(-6) })}\n`);
process.exit(0);
