// The preload's isolated world: Electron's `require` for a sandboxed preload, over a binding that exists only here.

/**
 * @param {{ binding: string, deliver: string, toIsolated: string, toMain: string, pump: string, sockets: string,
 *   process: Record<string, unknown> }} options names that the page cannot guess
 */
export function createPreloadWorld(options) {
  const codec = createCloneCodec();
  const bridge = createBridgeEnd(options.toMain, options.toIsolated);
  const scope = /** @type {any} */ (globalThis);
  const toMain = scope[options.binding];
  const channels = /** @type {Map<string, Set<Function>>} */ (new Map());
  const calls = /** @type {Map<number, { resolve(value: unknown): void, reject(error: Error): void }>} */ (new Map());
  const exposed = new Set();
  let lastCall = 0;
  /** @type {Worker | undefined} */
  let pump;

  const send = (/** @type {object} */ message) => toMain(JSON.stringify({ ...message, url: location.href }));

  /** @template {object} T @param {string} name @param {T} members @returns {T} */
  const loud = (name, members) =>
    new Proxy(members, {
      get(target, key, receiver) {
        if (typeof key === 'symbol' || key in target || key === 'then' || key === 'toJSON')
          return Reflect.get(target, key, receiver);
        throw new Error(`the Electron stand-in has no ${name}.${key}`);
      },
    });

  /** @param {MessagePort} port @param {string} id main knows the line by it */
  function carry(port, id) {
    // A page may demand trusted types of every world; the stand-in adds this policy's name where it does.
    const types = /** @type {any} */ (globalThis).trustedTypes;
    const policy = types?.createPolicy('electron-stand-in', { createScriptURL: (/** @type {string} */ url) => url });
    pump ??= new Worker(policy ? policy.createScriptURL(options.pump) : options.pump);
    pump.postMessage({ url: `ws://${location.host}${options.sockets}${id}` }, [port]);
  }
  const openLine = (/** @type {string} */ id) => {
    const { port1, port2 } = new MessageChannel();
    carry(port1, id);
    return port2;
  };

  /** @param {string} channel @param {unknown[]} args @param {MessagePort[]} ports */
  function dispatch(channel, args, ports) {
    const event = loud('event', { sender: ipcRenderer, ports, preventDefault() {}, defaultPrevented: false });
    for (const listener of [...(channels.get(channel) ?? [])]) listener(event, ...args);
  }

  /** @param {any} message from main */
  scope[options.deliver] = (message) => {
    if (message.kind === 'event') {
      const ports = message.ports.map(openLine);
      dispatch(message.channel, /** @type {unknown[]} */ (codec.decode(message.args)), ports);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if (message.error !== undefined) call?.reject(new Error(message.error));
    else call?.resolve(codec.decode(message.value));
  };

  const ipcRenderer = loud('ipcRenderer', {
    /** @param {string} channel @param {unknown[]} args */
    async invoke(channel, ...args) {
      const encoded = codec.encode(args);
      const id = ++lastCall;
      return await new Promise((resolve, reject) => {
        calls.set(id, { resolve, reject });
        send({ kind: 'invoke', id, channel, args: encoded });
      });
    },
    /** @param {string} channel @param {unknown[]} args */
    send(channel, ...args) {
      send({ kind: 'send', channel, args: codec.encode(args), ports: [] });
    },
    /** @param {string} channel @param {unknown} message @param {MessagePort[]} [transfer] */
    postMessage(channel, message, transfer = []) {
      const args = codec.encode([message]);
      const ids = transfer.map((port) => {
        if (!(port instanceof MessagePort)) throw new TypeError('Invalid value for transfer');
        const id = crypto.randomUUID();
        carry(port, id);
        return id;
      });
      send({ kind: 'send', channel, args, ports: ids });
    },
    /** @param {string} channel @param {Function} listener */
    on(channel, listener) {
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      return ipcRenderer;
    },
    /** @param {string} channel @param {Function} listener */
    addListener: (channel, listener) => ipcRenderer.on(channel, listener),
    /** @param {string} channel @param {Function} listener */
    once(channel, listener) {
      const first = (/** @type {unknown[]} */ ...args) => {
        channels.get(channel)?.delete(first);
        listener(...args);
      };
      return ipcRenderer.on(channel, first);
    },
    /** @param {string} channel @param {Function} listener */
    off(channel, listener) {
      channels.get(channel)?.delete(listener);
      return ipcRenderer;
    },
    /** @param {string} channel @param {Function} listener */
    removeListener: (channel, listener) => ipcRenderer.off(channel, listener),
    /** @param {string} [channel] */
    removeAllListeners(channel) {
      if (channel === undefined) channels.clear();
      else channels.delete(channel);
      return ipcRenderer;
    },
  });

  const contextBridge = loud('contextBridge', {
    /** @param {string} name @param {unknown} api */
    exposeInMainWorld(name, api) {
      if (exposed.has(name)) throw new Error('Cannot bind an API on top of an existing property on the window object');
      exposed.add(name);
      bridge.expose(name, api);
    },
  });

  // Window events that Electron gives to main. In a frame of another site the focus is still the window's.
  const report = () => send({ kind: 'window', focused: document.hasFocus() });
  addEventListener('focus', report);
  addEventListener('blur', () => setTimeout(report, 0));
  addEventListener('resize', report);

  const electron = loud('electron (in a preload)', { contextBridge, ipcRenderer });
  const modules = new Map([
    ['electron', electron],
    ['electron/renderer', electron],
  ]);
  return {
    /** @param {string} name */
    require(name) {
      const found = modules.get(name);
      if (found) return found;
      const known = ['events', 'timers', 'url', 'node:events', 'node:timers', 'node:url'].includes(name);
      throw new Error(known ? `the Electron stand-in has no require('${name}')` : `module not found: ${name}`);
    },
    process: loud('process (in a preload)', { ...options.process }),
    /** @param {unknown} error */
    failed: (error) =>
      send({ kind: 'preload-error', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  };
}
