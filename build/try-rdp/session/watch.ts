import type { Frame, Page } from 'playwright-core';
import { StepFailure } from '../problem.ts';

/** What was seen of the messages between the screen's page and its Worker. Times in ms of the page's clock. */
export type Watched = Readonly<{
  /** KeyboardEvent.code of keys that were pressed, and the scancodes that went to the Worker: sorted, each once. */
  codes: readonly string[];
  scancodes: readonly number[];
  /** Sizes asked of the desk, and those that it took. */
  asked: readonly Size[];
  taken: readonly Size[];
}>;
export type Size = Readonly<{
  at: number;
  width: number;
  height: number;
  /** The desk was connected to anew for it. */
  anew: boolean;
}>;

type Message = Readonly<{ type: string; down?: boolean; scancode?: number; width?: number; height?: number }>;
type Port = {
  postMessage(message: Message, ...rest: unknown[]): void;
  addEventListener(name: 'message', listener: (event: { data: Message }) => void): void;
};
type Scope = {
  Worker: { prototype: Port };
  addEventListener(name: 'keydown', listener: (event: { code: string }) => void, capture: boolean): void;
  performance: { now(): number };
  hanareWatch: () => Watched;
  hanareWatchKeys: boolean;
};

/** @throws StepFailure when there is no screen */
export function screenFrame(page: Page): Frame {
  const frame = page.frames().find((each) => each !== page.mainFrame());
  if (!frame) throw new StepFailure('ended');
  return frame;
}

/**
 * Begins to look at what the screen's page tells its Worker, from outside: the app has no such thing. Once for a session;
 * of keys nothing is kept before `watchKeys`, and never their order.
 */
export async function startWatch(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    const scope = globalThis as unknown as Scope;
    const [codes, scancodes] = [new Set<string>(), new Set<number>()];
    const [asked, taken]: [Size[], Size[]] = [[], []];
    const sized = ({ type, width = 0, height = 0 }: Message) => ({
      at: scope.performance.now(),
      width,
      height,
      anew: type === 'opened',
    });
    const takes = new Set(['resized', 'opened']);
    const heard = new WeakSet<Port>();
    const { prototype } = scope.Worker;
    const post = prototype.postMessage;
    prototype.postMessage = function (this: Port, message, ...rest) {
      if (!heard.has(this)) {
        heard.add(this);
        this.addEventListener('message', ({ data }) => void (takes.has(data.type) && taken.push(sized(data))));
      }
      if (message.type === 'size') asked.push(sized(message));
      if (scope.hanareWatchKeys && message.type === 'key' && message.down) scancodes.add(message.scancode ?? 0);
      post.call(this, message, ...rest);
    };
    scope.addEventListener('keydown', ({ code }) => void (scope.hanareWatchKeys && codes.add(code)), true);
    scope.hanareWatchKeys = false;
    scope.hanareWatch = () => ({
      codes: [...codes].sort(),
      scancodes: [...scancodes].sort((a, b) => a - b),
      asked,
      taken,
    });
  });
}

export async function watchKeys(frame: Frame, on: boolean): Promise<void> {
  await frame.evaluate((value) => {
    (globalThis as unknown as Scope).hanareWatchKeys = value;
  }, on);
}

export async function readWatch(frame: Frame): Promise<Watched> {
  return frame.evaluate(() => (globalThis as unknown as Scope).hanareWatch());
}
