import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/** What main/shell and preload use of Electron, recorded. A test file mocks the module 'electron' with it. */
export function createFakeElectron() {
  const handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
  const renderer = new EventEmitter();
  const exposed = new Map<string, unknown>();
  class MessageChannelMain {
    port1 = { name: 'port1' };
    port2 = { name: 'port2' };
  }
  return {
    handlers,
    renderer,
    exposed,
    module: {
      ipcMain: {
        handle: vi.fn((name: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>) => {
          if (handlers.has(name)) throw new Error(`two handlers for ${name}`);
          handlers.set(name, handler);
        }),
      },
      ipcRenderer: Object.assign(renderer, {
        invoke: vi.fn(async (..._args: unknown[]): Promise<unknown> => undefined),
      }),
      contextBridge: { exposeInMainWorld: vi.fn((name: string, value: unknown) => exposed.set(name, value)) },
      protocol: { registerSchemesAsPrivileged: vi.fn() },
      MessageChannelMain,
      BrowserWindow: createFakeWindowClass(),
      dialog: {
        showOpenDialog: vi.fn(async (..._args: unknown[]) => ({ canceled: true, filePaths: [] as string[] })),
      },
    },
  };
}

/** A window that records how it was made and what it was told. */
function createFakeWindowClass() {
  return class FakeBrowserWindow extends EventEmitter {
    static made: FakeBrowserWindow[] = [];
    readonly options: Record<string, unknown>;
    readonly webContents = new EventEmitter();
    readonly show = vi.fn();
    readonly loadURL = vi.fn(async (_url: string) => undefined);
    destroyed = false;
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      FakeBrowserWindow.made.push(this);
    }
    isDestroyed(): boolean {
      return this.destroyed;
    }
  };
}
