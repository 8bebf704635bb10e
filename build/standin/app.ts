import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { BrowserWindow, windowHooks } from './browser-window.ts';
import { createEvent, Loud, LoudEmitter, missing, standInName } from './loud.ts';
import { stopRuntime, stopRuntimeSync, switches, whenChromiumIsLost } from './runtime.ts';
import { closeSchemes } from './session.ts';
import { hasLock, releaseLock, requestLock } from './single-instance.ts';

const events = [
  ...['will-finish-launching', 'ready', 'window-all-closed', 'before-quit', 'will-quit', 'quit', 'activate'],
  ...[
    'second-instance',
    'web-contents-created',
    'browser-window-created',
    'browser-window-focus',
    'browser-window-blur',
  ],
  ...['render-process-gone', 'child-process-gone', 'certificate-error', 'select-client-certificate', 'login'],
  ...['session-created', 'gpu-info-update', 'open-url', 'open-file', 'accessibility-support-changed'],
];

/** The nearest package.json above the entry, as Electron reads it for `electron .`. */
function findPackage(): { folder: string; name: string; version: string } {
  const entry = process.argv[1] ? resolve(process.argv[1]) : process.cwd();
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const { name = 'Electron', productName = name, version = '0.0.0' } = JSON.parse(readFileSync(file, 'utf8'));
      return { folder, name: productName, version };
    }
    if (dirname(folder) === folder) return { folder: dirname(entry), name: 'Electron', version: '0.0.0' };
  }
}

class CommandLine extends Loud {
  override get [standInName]() {
    return 'app.commandLine';
  }
  appendSwitch(name: string, value?: string): void {
    switches.push(value ? `--${name}=${value}` : `--${name}`);
  }
  appendArgument(value: string): void {
    throw missing(`app.commandLine.appendArgument(${value})`);
  }
  #find(name: string): string | undefined {
    return [...switches, ...process.argv.slice(2)].find(
      (item) => item === `--${name}` || item.startsWith(`--${name}=`),
    );
  }
  hasSwitch(name: string): boolean {
    return this.#find(name) !== undefined;
  }
  getSwitchValue(name: string): string {
    return this.#find(name)?.slice(name.length + 3) ?? '';
  }
  removeSwitch(name: string): void {
    const kept = switches.filter((item) => item !== `--${name}` && !item.startsWith(`--${name}=`));
    switches.splice(0, switches.length, ...kept);
  }
}

class App extends LoudEmitter {
  override get [standInName]() {
    return 'app';
  }
  readonly isPackaged = false;
  readonly commandLine = new CommandLine();
  readonly #package = findPackage();
  name = this.#package.name;
  readonly #paths = new Map<string, string>();
  #isReady = false;
  #quitting = false;
  #exiting = false;
  readonly #whenReady: Promise<void>;

  constructor() {
    super(events);
    windowHooks.isReady = () => this.#isReady;
    windowHooks.created = (window) => this.emit('browser-window-created', createEvent(), window);
    windowHooks.contentsCreated = (contents) => this.emit('web-contents-created', createEvent(), contents);
    windowHooks.crashed = (contents, details) => this.emit('render-process-gone', createEvent(), contents, details);
    windowHooks.closed = () => this.#windowClosed();
    // In Electron, Chromium's browser process is this very process: without it nothing can go on.
    whenChromiumIsLost((why) => {
      if (this.#exiting) return;
      console.error(`the Electron stand-in lost Chromium (${why})`);
      if (BrowserWindow.getAllWindows().length === 0) return this.quit();
      for (const window of BrowserWindow.getAllWindows()) window.webContents.crashed('killed', 1);
      this.exit(1);
    });
    const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
    for (const [signal, number] of Object.entries(signals))
      process.on(signal, () => (this.#quitting ? this.exit(128 + number) : this.quit()));
    process.on('exit', stopRuntimeSync);
    if (process.env.HANARE_STANDIN_CONTROL_FILE) {
      // The program that drives this one holds the other end: when it is gone, nobody is left to close the window.
      process.stdin.on('close', () => this.quit()).on('error', () => {});
      process.stdin.resume().unref?.();
    }
    // The event loop has work from here on, as Electron's has, until app.exit.
    const alive = setInterval(() => {}, 1 << 30);
    this.#whenReady = new Promise((resolveReady) => {
      setImmediate(() => {
        closeSchemes();
        this.#isReady = true;
        if (this.#exiting) clearInterval(alive);
        this.emit('will-finish-launching');
        this.emit('ready', createEvent(), {});
        resolveReady();
      });
    });
  }

  whenReady(): Promise<void> {
    return this.#whenReady;
  }
  isReady(): boolean {
    return this.#isReady;
  }

  #windowClosed(): void {
    if (BrowserWindow.getAllWindows().length > 0 || this.#exiting) return;
    if (this.#quitting) this.#willQuit();
    else if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }

  /** before-quit, each window's close, will-quit, quit: each of the first three may stop it. */
  quit(): void {
    if (this.#quitting || this.#exiting) return;
    const event = createEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#quitting = true;
    const windows = BrowserWindow.getAllWindows();
    if (windows.length === 0) {
      this.#willQuit();
      return;
    }
    for (const window of windows) {
      let closes = true;
      const check = (close: { defaultPrevented: boolean }) => {
        closes = !close.defaultPrevented;
      };
      window.on('close', check);
      window.close();
      window.off('close', check);
      if (!closes) {
        this.#quitting = false;
        return;
      }
    }
  }

  #willQuit(): void {
    const event = createEvent();
    this.emit('will-quit', event);
    if (event.defaultPrevented) {
      this.#quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(code = 0): void {
    if (this.#exiting) return;
    this.#exiting = true;
    this.emit('quit', createEvent(), code);
    stopRuntime().finally(() => process.exit(code));
  }
  relaunch(): void {
    throw missing('app.relaunch');
  }

  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = name;
  }
  getVersion(): string {
    return this.#package.version;
  }
  getAppPath(): string {
    return this.#package.folder;
  }
  getLocale(): string {
    const chosen = this.commandLine.getSwitchValue('lang');
    return chosen || Intl.DateTimeFormat().resolvedOptions().locale;
  }
  getSystemLocale(): string {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }
  getPreferredSystemLanguages(): string[] {
    return [this.getSystemLocale()];
  }

  getPath(name: string): string {
    const set = this.#paths.get(name);
    if (set) return set;
    const config = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
    switch (name) {
      case 'userData':
      case 'sessionData': {
        const chosen = this.commandLine.getSwitchValue('user-data-dir');
        const folder = chosen ? resolve(chosen) : join(config, this.name);
        mkdirSync(folder, { recursive: true });
        return folder;
      }
      case 'logs': {
        const folder = join(this.getPath('userData'), 'logs');
        mkdirSync(folder, { recursive: true });
        return folder;
      }
      case 'crashDumps':
        return join(this.getPath('userData'), 'Crashpad');
      case 'appData':
        return config;
      case 'home':
        return homedir();
      case 'temp':
        return tmpdir();
      case 'exe':
        return process.execPath;
      case 'desktop':
      case 'documents':
      case 'downloads':
        return join(homedir(), name[0]!.toUpperCase() + name.slice(1));
      default:
        throw new Error(`Failed to get '${name}' path`);
    }
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  setAppLogsPath(path?: string): void {
    if (path) this.setPath('logs', path);
  }

  requestSingleInstanceLock(data?: unknown): boolean {
    const mine = { argv: process.argv, directory: process.cwd(), data };
    return requestLock(this.getPath('userData'), mine, (other) =>
      this.emit('second-instance', createEvent(), other.argv, other.directory, other.data),
    );
  }
  hasSingleInstanceLock(): boolean {
    return hasLock();
  }
  releaseSingleInstanceLock(): void {
    releaseLock();
  }

  /** Every page of Chromium's is sandboxed as it is, but for a root user's, whom Chromium refuses a sandbox. */
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  disableHardwareAcceleration(): void {
    if (this.#isReady) throw new Error('app.disableHardwareAcceleration() can only be called before app is ready');
  }
  setAppUserModelId(): void {}
  setDesktopName(): void {}
  focus(): void {
    BrowserWindow.getAllWindows()[0]?.focus();
  }
}

export const app = new App();
