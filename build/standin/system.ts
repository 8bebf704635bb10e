import { Loud, LoudEmitter, loudObject, missing, standInName } from './loud.ts';
import { PowerMonitor } from './power-monitor.ts';

/** The small modules of Electron's: quiet where the system has nothing to say, loud where the app would rely on them. */

class NativeTheme extends LoudEmitter {
  override get [standInName]() {
    return 'nativeTheme';
  }
  readonly shouldUseDarkColors = false;
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly inForcedColorsMode = false;
  readonly prefersReducedTransparency = false;
  constructor() {
    super(['updated']);
  }
  get themeSource(): string {
    return 'system';
  }
  set themeSource(source: string) {
    if (source !== 'system') throw missing(`nativeTheme.themeSource '${source}'`);
  }
}

export const powerMonitor = new PowerMonitor();
export const nativeTheme = new NativeTheme();

const unavailable = (name: string) => () => {
  throw new Error(`${name} is not available in the Electron stand-in`);
};

export const dialog = loudObject('dialog', {
  showErrorBox: (title: string, content: string) => console.error(`${title}\n${content}`),
  showMessageBox: unavailable('dialog.showMessageBox'),
  showMessageBoxSync: unavailable('dialog.showMessageBoxSync'),
  showOpenDialog: unavailable('dialog.showOpenDialog'),
  showOpenDialogSync: unavailable('dialog.showOpenDialogSync'),
  showSaveDialog: unavailable('dialog.showSaveDialog'),
  showSaveDialogSync: unavailable('dialog.showSaveDialogSync'),
});

export class Menu extends Loud {
  override get [standInName]() {
    return 'Menu';
  }
  static override get [standInName]() {
    return 'Menu';
  }
  constructor() {
    super();
    throw missing('menus');
  }
  static setApplicationMenu(menu: unknown): void {
    if (menu !== null) throw missing('menus');
  }
  static getApplicationMenu(): null {
    return null;
  }
}

const blockers = new Set<number>();
let lastBlocker = 0;
/** Counted only: the machine may sleep all the same. */
export const powerSaveBlocker = loudObject('powerSaveBlocker', {
  start(): number {
    blockers.add(++lastBlocker);
    return lastBlocker;
  },
  stop: (id: number): boolean => blockers.delete(id),
  isStarted: (id: number): boolean => blockers.has(id),
});

export const shell = loudObject('shell', {
  openExternal: unavailable('shell.openExternal'),
  openPath: unavailable('shell.openPath'),
  showItemInFolder: unavailable('shell.showItemInFolder'),
  beep: () => {},
});
