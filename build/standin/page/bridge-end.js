// contextBridge: the same code runs in the preload's isolated world and in the page's own, one end each. They share the
// DOM and nothing else, so they speak by events on the document whose names cannot be guessed; a CustomEvent's detail
// is structured-cloned by Chromium when the other world reads it. Calls are synchronous, as Electron's are.
//
// Rules as in Electron's electron_api_context_bridge.cc: functions and promises are proxied, arrays and objects are
// walked (prototypes are lost), errors keep their message only, the rest is cloned or refused.

/**
 * @param {string} outName events to the other world
 * @param {string} inName events from it
 */
export function createBridgeEnd(outName, inName) {
  // Taken before any script of the page can replace them.
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const Custom = CustomEvent;
  const getDetail = /** @type {() => any} */ (Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get);
  const clone = structuredClone;
  const { apply } = Reflect;
  const tagOf = Object.prototype.toString;
  const target = document;

  const cannotClone = 'An object could not be cloned.';
  const cloned = new Set(
    ['Date', 'RegExp', 'Map', 'Set', 'ArrayBuffer', 'Boolean', 'Number', 'String', 'BigInt', 'Blob', 'File'].map(
      (name) => `[object ${name}]`,
    ),
  );
  const refused = new Set(['[object WeakMap]', '[object WeakSet]', '[object WeakRef]', '[object Symbol]']);

  /** @type {Map<number, Function>} */
  const functions = new Map();
  /** @type {WeakMap<Function, number>} */
  const functionIds = new WeakMap();
  /** @type {WeakMap<Function, number>} proxies of the other world's functions */
  const proxies = new WeakMap();
  /** @type {Map<number, { resolve(value: unknown): void, reject(error: unknown): void }>} */
  const promises = new Map();
  /** @type {Map<number, any>} */
  const answers = new Map();
  let last = 0;
  /** @type {(name: string, value: unknown) => void} */
  let onExpose = () => {};

  const post = (/** @type {unknown} */ detail) => void apply(dispatchEvent, target, [new Custom(outName, { detail })]);

  /** @param {unknown} value @returns {any} a description that can be cloned */
  function pack(value, depth = 0, /** @type {Map<unknown, number>} */ seen = new Map()) {
    if (depth > 1000)
      throw new TypeError(
        'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.',
      );
    if (typeof value === 'function') {
      const theirs = proxies.get(value);
      if (theirs !== undefined) return { t: 'yours', id: theirs };
      const id = functionIds.get(value) ?? ++last;
      functionIds.set(value, id);
      functions.set(id, value);
      return { t: 'function', id };
    }
    if (typeof value === 'symbol') throw new Error(cannotClone);
    if (typeof value !== 'object' || value === null) return { t: 'value', value };
    const known = seen.get(value);
    if (known !== undefined) return { t: 'seen', index: known };
    const index = seen.size;
    seen.set(value, index);
    const tag = apply(tagOf, value, []);
    if (value instanceof Promise) {
      const id = ++last;
      value.then(
        (result) => settle(id, true, result),
        (error) => settle(id, false, error),
      );
      return { t: 'promise', id, index };
    }
    if (tag === '[object Error]') return { t: 'error', message: String(/** @type {Error} */ (value).message), index };
    if (Array.isArray(value))
      return { t: 'array', items: Array.from(value, (item) => pack(item, depth + 1, seen)), index };
    if (refused.has(tag)) throw new Error(cannotClone);
    if (cloned.has(tag) || ArrayBuffer.isView(value)) {
      try {
        return { t: 'value', value: clone(value), index };
      } catch {
        throw new Error(cannotClone);
      }
    }
    return {
      t: 'object',
      entries: Object.entries(value).map(([key, item]) => [key, pack(item, depth + 1, seen)]),
      index,
    };
  }

  /** @param {any} node @returns {unknown} */
  function unpack(node, /** @type {unknown[]} */ made = []) {
    const keep = (/** @type {any} */ value) => {
      made[node.index] = value;
      return value;
    };
    switch (node.t) {
      case 'value':
        return node.index === undefined ? node.value : keep(node.value);
      case 'yours':
        return functions.get(node.id);
      case 'function':
        return proxyOf(node.id);
      case 'seen':
        return made[node.index];
      case 'error':
        return keep(new Error(node.message));
      case 'promise':
        return keep(new Promise((resolve, reject) => promises.set(node.id, { resolve, reject })));
      case 'array': {
        const list = keep([]);
        for (const item of node.items) list.push(unpack(item, made));
        return list;
      }
      default: {
        const object = keep({});
        for (const [key, item] of node.entries)
          Object.defineProperty(object, key, {
            value: unpack(item, made),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        return object;
      }
    }
  }

  /** @param {number} id a function of the other world */
  function proxyOf(id) {
    const proxy = (/** @type {unknown[]} */ ...args) => {
      const call = ++last;
      post({ kind: 'call', call, id, args: pack(args) });
      const answer = answers.get(call);
      answers.delete(call);
      if (!answer) throw new Error('the other side of the context bridge is gone');
      if ('error' in answer) throw new Error(answer.error);
      return unpack(answer.value);
    };
    proxies.set(proxy, id);
    return proxy;
  }

  /** @param {number} id @param {boolean} ok @param {unknown} result */
  function settle(id, ok, result) {
    try {
      post({ kind: 'settle', id, ok, value: pack(result) });
    } catch (error) {
      post({ kind: 'settle', id, ok: false, value: pack(error) });
    }
  }

  /** @param {{ call: number, id: number, args: any }} message */
  function answerCall({ call, id, args }) {
    try {
      const list = /** @type {unknown[]} */ (unpack(args));
      post({ kind: 'answer', call, value: pack(apply(/** @type {any} */ (functions.get(id)), undefined, list)) });
    } catch (error) {
      const message =
        typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
          ? error.message
          : 'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';
      post({ kind: 'answer', call, error: message });
    }
  }

  apply(addEventListener, target, [
    inName,
    (/** @type {CustomEvent} */ event) => {
      event.stopImmediatePropagation();
      const message = apply(getDetail, event, []);
      if (message.kind === 'call') answerCall(message);
      else if (message.kind === 'answer') answers.set(message.call, message);
      else if (message.kind === 'expose') onExpose(message.name, unpack(message.value));
      else {
        const promise = promises.get(message.id);
        promises.delete(message.id);
        const value = unpack(message.value);
        if (message.ok) promise?.resolve(value);
        else promise?.reject(value);
      }
    },
    true,
  ]);

  return {
    /** @param {string} name @param {unknown} value */
    expose: (name, value) => post({ kind: 'expose', name, value: pack(value) }),
    /** @param {(name: string, value: unknown) => void} listener */
    listen(listener) {
      onExpose = listener;
    },
  };
}
