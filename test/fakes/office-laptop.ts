import type { EnrolStep, SessionState } from '#contract/ipc/state.ts';
import { createLogger, type Logger } from '#contract/log/logger.ts';
import type { Address } from '#contract/wire/enrol.ts';
import type { Machine } from '#contract/wire/messages.ts';
import { createSession } from '#main/desk/session.ts';
import { createEnrolment } from '#main/enrol/enrol.ts';
import type { Guard } from '#main/guard/guard.ts';
import type { DeviceIdentity, IdentityParts } from '#main/identity/identity.ts';
import { openTunnel } from '#main/tunnel/tunnel.ts';
import { createFakeGuard } from './fake-guard.ts';
import { createFakePort, type FakePort } from './fake-port.ts';
import { createLaptop, goodPin } from './laptop.ts';

const figures = { width: 800, height: 600, frames: 1, fps: 1, bytes: 12, firstPictureMs: 5, decodeMs: 1, presentMs: 1 };

type Options = Partial<IdentityParts> &
  Readonly<{
    machine?: Machine;
    version?: string;
    /** In place of one that allows everything. */
    guard?: (identity: DeviceIdentity, log: Logger) => Pick<Guard, 'begin'>;
    /** The certificate file that its person chooses. */
    file?: Uint8Array | null;
  }>;

/**
 * Everything of main but Electron: identity, enrolment, session and tunnel as they are; only keychain, screen and the
 * hand on the laptop are played.
 */
export async function createOfficeLaptop(options: Options = {}) {
  const {
    machine = { uuid: null, serial: null, macs: [] },
    version = '1.0.0',
    file = null,
    guard: makeGuard,
    ...parts
  } = options;
  let late = 0;
  const now = () => Date.now() + late;
  const laptop = await createLaptop({ now, ...parts });
  const identity = laptop.start();
  const self = async () => ({ version, platform: 'test', machine });
  const log = createLogger({ sink: (line) => laptop.lines.push(line), now, context: 'test', level: 'debug' });
  const steps: EnrolStep[] = [];
  const states: SessionState[] = [];
  const ports: FakePort[] = [];
  let idle = 0;
  const enrolment = createEnrolment({
    ...{ identity, self, log },
    openFile: async () => file,
    onStep: (step) => steps.push(step),
  });
  const guard = createFakeGuard();
  const session = createSession({
    device: identity,
    guard: makeGuard?.(identity, log) ?? guard.guard,
    keepAwake: () => undefined,
    openTunnel,
    identity: self,
    idleSeconds: () => idle,
    handOverPort: () => {
      const port = createFakePort();
      ports.push(port);
      return port;
    },
    onState: (state) => states.push(state),
    now: () => performance.now(),
    wallNow: now,
    log,
  });
  return {
    ...{ ...laptop, guard, identity, enrolment, session, steps, states, ports, now },
    idle: (seconds: number) => {
      idle = seconds;
    },
    /** Moves its clock, ms. */
    pass: (ms: number) => {
      late += ms;
    },
    /** Compares nothing: takes whatever office answers there. */
    async enrol(enrol: Address, code: string, pin = goodPin) {
      const { fingerprint } = await enrolment.inspect({ typed: code, office: enrol });
      return enrolment.run({ accepted: fingerprint, pin, imported: false });
    },
    picture: () => session.report({ type: 'firstPicture', figures }),
  };
}
export type OfficeLaptop = Awaited<ReturnType<typeof createOfficeLaptop>>;
