import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cdp } from './cdp.ts';
import { callHandler, emitMessage, type IpcEvent } from './ipc-main.ts';
import { createEvent, LoudEmitter, missing, standInName } from './loud.ts';
import { codec, type MessagePortMain } from './message-port.ts';
import { watchRequests } from './navigation.ts';
import { isolatedScript, mainWorldScript, type PageNames } from './page-scripts.ts';
import { applyPermissions } from './permissions.ts';
import { driverAttached, lines, type Runtime } from './runtime.ts';
import type { ScreenInfo } from './screen.ts';
import type { Session } from './session.ts';
import type { Page } from './targets.ts';
import { nextProcessId, WebFrameMain } from './web-frame.ts';

const world = 'Electron Isolated Context';
const events = [
  ...['will-navigate', 'will-frame-navigate', 'will-redirect', 'did-start-navigation', 'did-navigate'],
  ...['did-navigate-in-page', 'did-start-loading', 'did-stop-loading', 'did-finish-load', 'did-fail-load', 'dom-ready'],
  ...['render-process-gone', 'unresponsive', 'responsive', 'console-message', 'preload-error', 'destroyed'],
  ...['will-attach-webview', 'did-attach-webview', 'did-create-window', 'before-input-event', 'context-menu'],
  'select-bluetooth-device',
  ...[
    'will-prevent-unload',
    'devtools-opened',
    'select-client-certificate',
    'certificate-error',
    'login',
    'focus',
    'blur',
  ],
  ...['page-title-updated', 'enter-html-full-screen', 'leave-html-full-screen', 'ipc-message', 'zoom-changed'],
];
type WindowOpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };
type PageMessage =
  | { kind: 'invoke'; id: number; channel: string; args: string; url: string }
  | { kind: 'send'; channel: string; args: string; ports: string[]; url: string }
  | { kind: 'preload-error'; error: string; url: string }
  | { kind: 'window'; focused: boolean; url: string };

let lastId = 0;

export class WebContents extends LoudEmitter {
  override get [standInName]() {
    return 'webContents';
  }
  readonly id = ++lastId;
  readonly session: Session;
  readonly mainFrame = new WebFrameMain(null);
  targetId = '';
  /** What the window does when its page says that focus or size changed, and when it has painted. */
  onWindow: (focused: boolean) => void = () => {};
  onPainted: () => void = () => {};
  #attached: Promise<void> = Promise.resolve();
  #cdp: Cdp | undefined;
  #runtime: Runtime | undefined;
  #context: number | undefined;
  #names: PageNames = {
    binding: `b${randomBytes(16).toString('hex')}`,
    deliver: `d${randomBytes(16).toString('hex')}`,
    toIsolated: `i${randomBytes(16).toString('hex')}`,
    toMain: `m${randomBytes(16).toString('hex')}`,
  };
  readonly #preload: string | undefined;
  readonly #expected = new Set<string>();
  readonly #handedOver = new Set<string>();
  readonly #permitted = new Set<string>();
  #loads: { resolve(): void; reject(error: Error): void }[] = [];
  #openHandler: WindowOpenHandler | undefined;
  #destroyed = false;
  #crashed = false;

  constructor(session: Session, preload: string | undefined) {
    super(events);
    this.session = session;
    this.#preload = preload;
  }

  attach(page: Promise<Page>, runtime: Promise<Runtime>): Promise<void> {
    this.#attached = Promise.all([page, runtime]).then(([opened, running]) => this.#attach(opened, running));
    this.#attached.catch(() => {});
    return this.#attached;
  }

  async #attach({ sessionId, targetId }: Page, runtime: Runtime): Promise<void> {
    const cdp = runtime.chromium.cdp.session(sessionId);
    this.#cdp = cdp;
    this.#runtime = runtime;
    this.targetId = targetId;
    this.#listen(cdp);
    const { binding } = this.#names;
    const { port, base } = runtime.server;
    const preload = this.#preload && runtime.origins.toPage(readFileSync(this.#preload, 'utf8'));
    await Promise.all([
      cdp.send('Page.enable'),
      cdp.send('Page.setLifecycleEventsEnabled', { enabled: true }),
      cdp.send('Runtime.enable'),
      cdp.send('Runtime.addBinding', { name: binding, executionContextName: world }),
      cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript(this.#names, port) }),
      ...(preload === undefined
        ? []
        : [
            cdp.send('Page.addScriptToEvaluateOnNewDocument', {
              worldName: world,
              source: isolatedScript({
                names: this.#names,
                port,
                pump: `${base}/pump.js`,
                sockets: `${base}/port/`,
                preload,
              }),
            }),
          ]),
      watchRequests(cdp, this, runtime),
    ]);
    await cdp.send('Runtime.runIfWaitingForDebugger');
  }

  #listen(cdp: Cdp): void {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === world && context.auxData?.frameId === this.targetId) this.#context = context.id;
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#context) this.#documentGone();
    });
    cdp.on('Runtime.executionContextsCleared', () => this.#documentGone());
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === this.#names.binding && executionContextId === this.#context)
        this.#receive(JSON.parse(payload) as PageMessage, executionContextId);
    });
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId) return;
      this.mainFrame.url = this.#toApp(frame.url);
      if (this.mainFrame.url) this.emit('did-navigate', createEvent(), this.mainFrame.url, 200, 'OK');
    });
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId !== this.targetId) return;
      this.mainFrame.url = this.#toApp(url);
      this.emit('did-navigate-in-page', createEvent(), this.mainFrame.url, true);
    });
    cdp.on('Page.domContentEventFired', () => this.mainFrame.url && this.emit('dom-ready', createEvent()));
    cdp.on('Page.loadEventFired', () => {
      if (!this.mainFrame.url) return;
      for (const load of this.#loads.splice(0)) load.resolve();
      this.emit('did-finish-load', createEvent());
      this.onPainted();
    });
    cdp.on('Page.lifecycleEvent', ({ frameId, name }) => {
      if (frameId === this.targetId && this.mainFrame.url && name === 'firstContentfulPaint') this.onPainted();
    });
    cdp.on('Page.windowOpen', ({ url }) => this.#windowOpen(url));
    cdp.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
      const level =
        ({ error: 'error', assert: 'error', warning: 'warning', debug: 'debug' } as const)[type as 'error'] ?? 'info';
      const message = args.map((item) => String(item.value ?? item.description ?? item.type)).join(' ');
      this.#console(level, message, stackTrace?.callFrames[0]);
    });
    cdp.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text, url, lineNumber } }) =>
      this.#console('error', `${text} ${exception?.description ?? ''}`.trim(), { url: url ?? '', lineNumber }),
    );
  }

  #console(level: string, message: string, at: { url: string; lineNumber: number } | undefined): void {
    const details = { level, message, lineNumber: at?.lineNumber ?? 0, sourceId: this.#toApp(at?.url ?? '') };
    this.emit('console-message', createEvent({ ...details, frame: this.mainFrame }), details);
  }

  #toApp(url: string): string {
    if (url === 'about:blank') return '';
    const app = this.#runtime?.origins.toApp(url) ?? url;
    return app.includes(this.#runtime?.server.base ?? '\0') ? '' : app;
  }

  /** The pages' lines that were never opened end here; the others end with their sockets. */
  #documentGone(): void {
    this.#context = undefined;
    lines.abandon(this.#handedOver);
    this.#handedOver.clear();
  }

  #receive(message: PageMessage, context: number): void {
    this.mainFrame.url = this.#toApp(message.url);
    if (message.kind === 'window') {
      this.onWindow(message.focused);
      return;
    }
    if (message.kind === 'preload-error') {
      console.error(`Unable to load preload script: ${this.#preload}\n${message.error}`);
      this.emit('preload-error', createEvent(), this.#preload, new Error(message.error));
      return;
    }
    const { processId, routingId: frameId } = this.mainFrame;
    const event: IpcEvent = { type: 'frame', sender: this, senderFrame: this.mainFrame, processId, frameId };
    const args = codec.decode(message.args, this.#runtime?.origins.toApp) as unknown[];
    if (message.kind === 'invoke') {
      void this.#answer(message.id, message.channel, event, args, context);
      return;
    }
    event.ports = message.ports.map((id) => lines.receive(id));
    event.reply = (channel: string, ...values: unknown[]) => this.send(channel, ...values);
    emitMessage(message.channel, event, args);
  }

  async #answer(id: number, channel: string, event: IpcEvent, args: unknown[], context: number): Promise<void> {
    let reply: Record<string, unknown>;
    try {
      const value = codec.encode(await callHandler(channel, event, args), this.#runtime?.origins.toPage);
      reply = { id, value };
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      reply = { id, error: `Error invoking remote method '${channel}': ${error}` };
    }
    this.#deliver(reply, context);
  }

  #deliver(message: object, context = this.#context): void {
    // Without a document nobody listens; Electron drops the message too.
    if (context === undefined || context !== this.#context) return;
    this.#cdp
      ?.send('Runtime.callFunctionOn', {
        functionDeclaration: `function (message) { ${this.#names.deliver}(message); }`,
        arguments: [{ value: message }],
        executionContextId: context,
        silent: true,
      })
      .catch(() => {});
  }

  send(channel: string, ...args: unknown[]): void {
    this.#deliver({ kind: 'event', channel, args: codec.encode(args, this.#runtime?.origins.toPage), ports: [] });
  }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const args = codec.encode([message], this.#runtime?.origins.toPage);
    const ports = transfer.map((port) => {
      const id = randomBytes(16).toString('hex');
      lines.give(port, id);
      this.#handedOver.add(id);
      return id;
    });
    if (this.#context === undefined) this.#documentGone();
    else this.#deliver({ kind: 'event', channel, args, ports });
  }

  /** @throws Error "ERR_… loading '…'" when the page cannot be loaded, as Electron does. */
  async loadURL(url: string): Promise<void> {
    await this.#attached;
    await driverAttached;
    if (this.#destroyed) throw new Error('Object has been destroyed');
    const { cdp, runtime } = this.#live();
    await this.permit(url);
    const target = runtime.origins.toPage(url);
    if (target === url) throw new Error(`the Electron stand-in loads pages of the app's own schemes only, not ${url}`);
    const expected = new URL(target).href;
    this.#expected.add(expected);
    const loaded = new Promise<void>((resolve, reject) => this.#loads.push({ resolve, reject }));
    loaded.catch(() => {});
    this.emit('did-start-loading', createEvent());
    const { errorText } = await cdp.send('Page.navigate', { url: target });
    this.#crashed = false;
    this.#expected.delete(expected);
    if (errorText) {
      const code = errorText.replace(/^net::/, '');
      this.#loads = [];
      this.emit('did-fail-load', createEvent(), -2, code, url, true);
      throw Object.assign(new Error(`${code} (-2) loading '${url}'`), { errno: -2, code, url });
    }
    await loaded;
  }

  async loadFile(): Promise<void> {
    throw missing('loadFile: serve the page from a scheme of the app');
  }

  /** Tells Chromium the permissions of an origin of the app, before a frame of it is loaded; without one, of all again. */
  async permit(url?: string): Promise<void> {
    const origin = url && new WebFrameMain(null, url).origin;
    if (!this.#runtime || (origin && this.#permitted.has(origin))) return;
    if (origin) this.#permitted.add(origin);
    const { chromium, origins } = this.#runtime;
    const pairs = [...this.#permitted].map((app) => ({ app, page: origins.toPage(app) }));
    await applyPermissions(chromium.cdp.browser, this.session, this, pairs);
  }

  #live(): { cdp: Cdp; runtime: Runtime } {
    if (!this.#cdp || !this.#runtime) throw new Error('the Electron stand-in has no page for this window');
    return { cdp: this.#cdp, runtime: this.#runtime };
  }

  /** Whether main itself asked for this navigation, which asks nobody for leave. */
  takeExpected(browserUrl: string): boolean {
    return this.#expected.delete(browserUrl);
  }

  /** Whatever the app answers, targets.ts ends the new page before it loads: window.open gives an object, not null. */
  #windowOpen(url: string): void {
    const answer = this.#openHandler?.({ url: this.#toApp(url) }) ?? { action: 'allow' };
    if (answer.action !== 'deny') console.error(`the Electron stand-in opens no child windows; the app allowed ${url}`);
  }

  crashed(status: string, exitCode: number): void {
    const reason = status === 'killed' ? 'killed' : status === 'oom' ? 'oom' : 'crashed';
    this.#crashed = true;
    this.#documentGone();
    this.mainFrame.processId = nextProcessId();
    for (const load of this.#loads.splice(0)) load.reject(new Error(`ERR_FAILED (-2) loading '${this.getURL()}'`));
    this.emit('render-process-gone', createEvent(), { reason, exitCode });
  }

  gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#documentGone();
    for (const load of this.#loads.splice(0)) load.reject(new Error(`ERR_ABORTED (-3) loading '${this.getURL()}'`));
    this.emit('destroyed', createEvent());
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isCrashed(): boolean {
    return this.#crashed;
  }
  isLoading(): boolean {
    return this.#loads.length > 0;
  }
  reload(): void {
    const { cdp, runtime } = this.#live();
    this.#expected.add(runtime.origins.toPage(this.getURL()));
    cdp.send('Page.reload').catch(() => {});
  }
  forcefullyCrashRenderer(): void {
    // Never answered: the process that would answer is gone.
    this.#live()
      .cdp.send('Page.crash')
      .catch(() => {});
  }
  bringToFront(): void {
    this.#cdp?.send('Page.bringToFront').catch(() => {});
  }
  evaluate<T>(expression: string): Promise<T> {
    const { cdp } = this.#live();
    return cdp.send('Runtime.evaluate', { expression, returnByValue: true }).then(({ result }) => result.value as T);
  }
  /** The displays, as Chromium tells them to this page. */
  async screens(): Promise<readonly ScreenInfo[]> {
    return (await this.#live().cdp.send('Emulation.getScreenInfos')).screenInfos;
  }
  /** As a style sheet of the page's own, whose weight is the author's; Electron can give it a user's. */
  async insertCSS(css: string): Promise<string> {
    const text = JSON.stringify(css);
    await this.executeJavaScript(`{
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(${text});
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }`);
    return '';
  }
  /** In the top frame, in the page's own world, past its content policy, as in Electron. */
  async executeJavaScript<T>(code: string): Promise<T> {
    await this.#attached;
    const { cdp } = this.#live();
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      ...{ expression: code, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails) throw new Error('Script failed to execute');
    return result.value as T;
  }
  setIgnoreMenuShortcuts(): void {
    // There are no menus here.
  }
  setWebRTCIPHandlingPolicy(): void {
    // No server outside this machine can be named (chromium.ts).
  }
  openDevTools(): void {
    throw missing('webContents.openDevTools');
  }
  closeDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false;
  }
  setZoomFactor(factor: number): void {
    if (factor !== 1) throw missing('page zoom');
  }
  getZoomFactor(): number {
    return 1;
  }
  setVisualZoomLevelLimits(): Promise<void> {
    return Promise.resolve();
  }
  setBackgroundThrottling(): void {
    // Chromium runs with the throttling of covered windows switched off.
  }
}
