import type { LaunchedApp } from '#build/host/launch.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';

type Scope = { hanare: Bridge };

/** The app's own calls, made in its page: the quick way through what another suite shows step by step. */
export function bridgeOf({ page }: Pick<LaunchedApp, 'page'>) {
  return {
    status: (): Promise<DeviceStatus> => page.evaluate(() => (globalThis as unknown as Scope).hanare.device.status()),
    unlock: (pin: string): Promise<DeviceStatus> =>
      page.evaluate((given) => (globalThis as unknown as Scope).hanare.device.unlock(given), pin),
    /** At the office that is known beforehand. */
    enrol: (code: string, pin: string): Promise<DeviceStatus> =>
      page.evaluate(
        async (given) => {
          const { enrol } = (globalThis as unknown as Scope).hanare;
          const { fingerprint } = await enrol.inspect({ typed: given.code, office: null });
          return await enrol.run({ accepted: fingerprint, pin: given.pin, imported: false });
        },
        { code, pin },
      ),
  };
}
