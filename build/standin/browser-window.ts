import { captureMode } from './capture.ts';
import type { Cdp } from './cdp.ts';
import { createEvent, LoudEmitter, missing, standInName } from './loud.ts';
import { announceControl, type Runtime, shareSession, startRuntime } from './runtime.ts';
import { screen } from './screen.ts';
import { type Session, session as sessions } from './session.ts';
import { openPage, watchPage } from './targets.ts';
import { WebContents } from './web-contents.ts';

type Bounds = { x: number; y: number; width: number; height: number };
type Options = {
  width?: number;
  height?: number;
  minWidth?: number;
  minHeight?: number;
  show?: boolean;
  title?: string;
  backgroundColor?: string;
  webPreferences?: {
    preload?: string;
    sandbox?: boolean;
    contextIsolation?: boolean;
    nodeIntegration?: boolean;
    nodeIntegrationInSubFrames?: boolean;
    webSecurity?: boolean;
    session?: Session;
    partition?: string;
  };
};
type WindowState = 'normal' | 'minimized' | 'maximized' | 'fullscreen';

const events = [
  ...[
    'ready-to-show',
    'show',
    'hide',
    'close',
    'closed',
    'focus',
    'blur',
    'minimize',
    'maximize',
    'unmaximize',
    'restore',
  ],
  ...['resize', 'resized', 'will-resize', 'move', 'moved', 'will-move', 'enter-full-screen', 'leave-full-screen'],
  ...['enter-html-full-screen', 'leave-html-full-screen', 'unresponsive', 'responsive', 'page-title-updated'],
  ...['session-end', 'query-session-end', 'always-on-top-changed', 'app-command'],
];
const all = new Set<BrowserWindow>();
let lastId = 0;
let announced = false;

/** What app does about windows; set by app.ts, which this file must not import. */
export const windowHooks = {
  isReady: () => false,
  created: (_window: BrowserWindow): void => {},
  contentsCreated: (_contents: WebContents): void => {},
  crashed: (_contents: WebContents, _details: unknown): void => {},
  closed: (): void => {},
};

/**
 * A window of Chromium's. It is on the screen from the start: `show` and `hide` are kept for isVisible and their events,
 * because Chromium cannot hide a window. Nothing protects it against being copied; see capture.ts for what is pretended.
 */
export class BrowserWindow extends LoudEmitter {
  override get [standInName]() {
    return 'BrowserWindow';
  }
  static override get [standInName]() {
    return 'BrowserWindow';
  }
  static getAllWindows(): BrowserWindow[] {
    return [...all];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return [...all].find((window) => window.isFocused()) ?? null;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...all].find((window) => window.webContents === contents) ?? null;
  }
  static fromId(id: number): BrowserWindow | null {
    return [...all].find((window) => window.id === id) ?? null;
  }

  readonly id = ++lastId;
  readonly webContents: WebContents;
  #browser: Cdp | undefined;
  #windowId = 0;
  #bounds: Bounds;
  #state: WindowState = 'normal';
  #visible: boolean;
  #painted = false;
  #focused = false;
  #title: string;
  #minimum: [number, number];
  #contentProtection = false;
  #onTop = false;
  #closing: Promise<unknown> | undefined;
  readonly #ready: Promise<void>;

  constructor(options: Options = {}) {
    super(events);
    if (!windowHooks.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { width = 800, height = 600, minWidth = 0, minHeight = 0, webPreferences = {} } = options;
    const preferences = checkPreferences(webPreferences);
    this.#bounds = { x: 0, y: 0, width, height };
    this.#visible = options.show ?? true;
    this.#title = options.title ?? 'Electron';
    this.#minimum = [minWidth, minHeight];
    const { session, partition } = preferences;
    const used = session ?? (partition ? sessions.fromPartition(partition) : sessions.defaultSession);
    shareSession(used);
    this.webContents = new WebContents(used, preferences.preload);
    all.add(this);

    const color = options.backgroundColor ?? '#ffffff';
    const runtime = startRuntime({ width, height, color, title: this.#title });
    const page = runtime.then((running) => openPage(running, { width, height }));
    const attached = this.webContents.attach(page, runtime);
    this.#ready = Promise.all([runtime, page, attached]).then(([running, opened]) =>
      this.#opened(running, opened.targetId),
    );
    this.#ready.catch((error: unknown) => console.error('the Electron stand-in could not open a window:', error));
    used.onPermissions = () => void this.webContents.permit();
    this.webContents.onPainted = () => this.#paint();
    this.webContents.onWindow = (focused) => this.#changed(focused);
    this.webContents.on('render-process-gone', (_event: unknown, details: unknown) =>
      windowHooks.crashed(this.webContents, details),
    );
    windowHooks.contentsCreated(this.webContents);
    windowHooks.created(this);
  }

  async #opened(runtime: Runtime, targetId: string): Promise<void> {
    this.#browser = runtime.chromium.cdp.browser;
    const contents = this.webContents;
    watchPage(targetId, {
      gone: () => this.#gone(),
      crashed: (status, code) => contents.crashed(status, code),
    });
    this.#browser.on('Browser.downloadWillBegin', ({ url, suggestedFilename }) =>
      contents.session.refuseDownload(runtime.origins.toApp(url), suggestedFilename, contents),
    );
    this.#windowId = (await this.#browser.send('Browser.getWindowForTarget', { targetId })).windowId;
    await this.#fitContent();
    screen.heard(await this.webContents.screens());
    if (announced) return;
    announced = true;
    announceControl(runtime, targetId).catch((error: unknown) => console.error(String(error)));
  }

  /** The page gets the asked size; what Chromium draws round it comes on top. */
  async #fitContent(): Promise<void> {
    const { width, height } = this.#bounds;
    const frame = await this.#frame();
    await this.#setBrowserBounds({ width: width + frame.width, height: height + frame.height });
  }

  /** How much larger than the page the window is. */
  async #frame(): Promise<{ width: number; height: number }> {
    const [inner, outer] = await this.webContents.evaluate<[number[], number[]]>(
      '[[innerWidth, innerHeight], [outerWidth, outerHeight]]',
    );
    return { width: outer[0]! - inner[0]!, height: outer[1]! - inner[1]! };
  }

  #setBrowserBounds(
    bounds: Partial<{ left: number; top: number; width: number; height: number; windowState: WindowState }>,
  ) {
    return this.#browser!.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds });
  }

  #paint(): void {
    if (this.#painted) return;
    this.#painted = true;
    this.emit('ready-to-show', createEvent());
  }

  #changed(focused: boolean): void {
    if (focused !== this.#focused) {
      this.#focused = focused;
      this.emit(focused ? 'focus' : 'blur', createEvent());
    }
    this.#refresh().catch(() => {});
  }

  /** Reads the window's place and state from Chromium and tells what changed, whoever changed it. */
  async #refresh(): Promise<void> {
    if (!this.#browser) return;
    const { bounds } = await this.#browser.send('Browser.getWindowBounds', { windowId: this.#windowId });
    const before = this.#state;
    const { left: x = 0, top: y = 0, width = 0, height = 0 } = bounds;
    const resized = width !== this.#bounds.width || height !== this.#bounds.height;
    this.#bounds = { x, y, width, height };
    this.#state = bounds.windowState ?? 'normal';
    if (resized) this.emit('resize', createEvent());
    screen.heard(await this.webContents.screens());
    if (before === this.#state) return;
    if (before === 'fullscreen') this.emit('leave-full-screen', createEvent());
    if (this.#state === 'fullscreen') this.emit('enter-full-screen', createEvent());
    if (this.#state === 'maximized') this.emit('maximize', createEvent());
    if (this.#state === 'minimized') this.emit('minimize', createEvent());
    if (before === 'minimized') this.emit('restore', createEvent());
  }

  #setState(windowState: WindowState): void {
    const change = async () => {
      await this.#ready;
      // Chromium goes from one special state to another only by way of the normal one.
      if (windowState !== 'normal' && this.#state !== 'normal') await this.#setBrowserBounds({ windowState: 'normal' });
      await this.#setBrowserBounds({ windowState });
      await this.#refresh();
    };
    change().catch(() => {});
  }

  #gone(): void {
    if (!all.delete(this)) return;
    this.webContents.gone();
    this.emit('closed', createEvent());
    windowHooks.closed();
  }

  loadURL(url: string): Promise<void> {
    return this.#ready.then(() => this.webContents.loadURL(url));
  }
  loadFile(): Promise<void> {
    return this.webContents.loadFile();
  }
  reload(): void {
    this.webContents.reload();
  }

  close(): void {
    if (this.isDestroyed()) return;
    const event = createEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    this.#closing ??= this.#ready
      .then(() => this.#browser!.send('Target.closeTarget', { targetId: this.webContents.targetId }))
      .catch(() => this.#gone());
  }
  isDestroyed(): boolean {
    return !all.has(this);
  }

  show(): void {
    this.showInactive();
    this.focus();
  }
  showInactive(): void {
    if (this.#visible) return;
    this.#visible = true;
    this.emit('show', createEvent());
  }
  hide(): void {
    if (!this.#visible) return;
    this.#visible = false;
    if (captureMode() === 'lost-on-hide') this.#contentProtection = false;
    this.emit('hide', createEvent());
  }
  isVisible(): boolean {
    return this.#visible;
  }
  focus(): void {
    this.webContents.bringToFront();
  }
  isFocused(): boolean {
    return this.#focused;
  }

  setFullScreen(on: boolean): void {
    if (on !== this.isFullScreen()) this.#setState(on ? 'fullscreen' : 'normal');
  }
  isFullScreen(): boolean {
    return this.#state === 'fullscreen';
  }
  minimize(): void {
    this.#setState('minimized');
  }
  isMinimized(): boolean {
    return this.#state === 'minimized';
  }
  maximize(): void {
    this.#setState('maximized');
  }
  isMaximized(): boolean {
    return this.#state === 'maximized';
  }
  unmaximize(): void {
    if (this.isMaximized()) this.#setState('normal');
  }
  restore(): void {
    if (this.isMinimized()) this.#setState('normal');
  }

  getBounds(): Bounds {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Bounds>): void {
    const { x, y, ...size } = bounds;
    this.#ready
      .then(() =>
        this.#setBrowserBounds({ ...size, ...(x !== undefined && { left: x }), ...(y !== undefined && { top: y }) }),
      )
      .then(() => this.#refresh())
      .catch(() => {});
  }
  /** The title is above the page, and the border is as wide at both sides. */
  setContentBounds({ x, y, width, height }: Bounds): void {
    this.#ready
      .then(() => this.#frame())
      .then((frame) => {
        const border = Math.floor(frame.width / 2);
        this.setBounds({
          ...{ x: x - border, y: y - (frame.height - border) },
          ...{ width: width + frame.width, height: height + frame.height },
        });
      })
      .catch(() => {});
  }
  setAlwaysOnTop(on: boolean): void {
    // Chromium's own windows cannot be kept above others.
    this.#onTop = on;
  }
  isAlwaysOnTop(): boolean {
    return this.#onTop;
  }
  getSize(): [number, number] {
    return [this.#bounds.width, this.#bounds.height];
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  setMinimumSize(width: number, height: number): void {
    // Chromium lets the user make the window smaller all the same.
    this.#minimum = [width, height];
  }
  getMinimumSize(): [number, number] {
    return this.#minimum;
  }

  setContentProtection(on: boolean): void {
    this.#contentProtection = on;
  }
  isContentProtected(): boolean {
    return captureMode() !== null && this.#contentProtection;
  }
  getMediaSourceId(): string {
    return `window:${this.id}:0`;
  }
  setMenu(menu: unknown): void {
    if (menu !== null) throw missing('window menu');
  }
  removeMenu(): void {}
  setMenuBarVisibility(visible: boolean): void {
    if (visible) throw missing('window menu');
  }
  setBackgroundColor(): void {
    // Seen between pages only; the first page has the colour of the window's options.
  }
  /** Chromium shows the page's own title. */
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
}

function checkPreferences(preferences: NonNullable<Options['webPreferences']>): NonNullable<Options['webPreferences']> {
  const { sandbox, contextIsolation, nodeIntegration, nodeIntegrationInSubFrames, webSecurity } = preferences;
  if (sandbox === false || contextIsolation === false || webSecurity === false)
    throw missing('window without sandbox, contextIsolation or webSecurity');
  if (nodeIntegration || nodeIntegrationInSubFrames) throw missing('window with nodeIntegration');
  return preferences;
}
