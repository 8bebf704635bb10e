import { Loud, standInName } from './loud.ts';

let lastRoutingId = 0;
let lastProcessId = 0;
/** Chromium does not tell which process a frame is in; a number that changes with the process is what callers compare. */
export const nextProcessId = (): number => ++lastProcessId;

/** One frame as main sees it. There is one object a frame, so that `===` works as in Electron. */
export class WebFrameMain extends Loud {
  override get [standInName]() {
    return 'WebFrameMain';
  }
  url = '';
  processId = nextProcessId();
  readonly routingId = ++lastRoutingId;
  readonly detached = false;
  readonly parent: WebFrameMain | null;

  constructor(parent: WebFrameMain | null, url = '') {
    super();
    this.parent = parent;
    this.url = url;
  }
  get top(): WebFrameMain {
    return this.parent?.top ?? this;
  }
  get origin(): string {
    return /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(this.url)?.[0] ?? 'null';
  }
  isDestroyed(): boolean {
    return false;
  }
}
