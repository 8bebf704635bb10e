import { EventEmitter } from 'node:events';

/**
 * What the stand-in lacks must be loud: reading an unknown property of one of its objects throws instead of giving
 * `undefined`, which the code under test might take for an answer.
 */
export const standInName: unique symbol = Symbol('stand-in name');

/** Looked at by `await`, assertion libraries and loggers; none of them is a use of Electron's API. */
const probed: ReadonlySet<PropertyKey> = new Set([
  'then',
  'toJSON',
  'nodeType',
  'asymmetricMatch',
  'tagName',
  'inspect',
]);

export function missing(name: string): Error {
  return new Error(`the Electron stand-in has no ${name}`);
}

function endOfChain(base: object): object {
  return new Proxy(base, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver);
      if (probed.has(key)) return undefined;
      const owner = receiver as { [standInName]?: string; name?: string };
      throw missing(`${owner[standInName] ?? 'object'}.${key}`);
    },
  });
}

/** The proxy stands at the end of the prototype chain, so that own and inherited members cost nothing and may be private. */
export class Loud {
  get [standInName](): string {
    return 'object';
  }
  static get [standInName](): string {
    return 'class';
  }
}
Object.setPrototypeOf(Loud.prototype, endOfChain(Object.prototype));
Object.setPrototypeOf(Loud, endOfChain(Function.prototype));

type Listener = (...args: never[]) => void;

/** Node's EventEmitter, restricted to the events that the stand-in knows (it may know some that it never emits). */
export abstract class LoudEmitter extends Loud {
  readonly #emitter = new EventEmitter();
  readonly #known: ReadonlySet<string | symbol>;

  constructor(events: readonly string[]) {
    super();
    this.#known = new Set(events);
  }

  #check(event: string | symbol): void {
    if (!this.#known.has(event)) throw missing(`event '${String(event)}' on ${this[standInName]}`);
  }

  on(event: string | symbol, listener: Listener): this {
    this.#check(event);
    this.#emitter.on(event, listener as (...args: unknown[]) => void);
    return this;
  }
  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }
  prependListener(event: string | symbol, listener: Listener): this {
    this.#check(event);
    this.#emitter.prependListener(event, listener as (...args: unknown[]) => void);
    return this;
  }
  once(event: string | symbol, listener: Listener): this {
    this.#check(event);
    this.#emitter.once(event, listener as (...args: unknown[]) => void);
    return this;
  }
  off(event: string | symbol, listener: Listener): this {
    this.#emitter.off(event, listener as (...args: unknown[]) => void);
    return this;
  }
  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }
  removeAllListeners(event?: string | symbol): this {
    this.#emitter.removeAllListeners(event);
    return this;
  }
  emit(event: string | symbol, ...args: unknown[]): boolean {
    this.#check(event);
    return this.#emitter.emit(event, ...args);
  }
  listenerCount(event: string | symbol): number {
    return this.#emitter.listenerCount(event);
  }
  listeners(event: string | symbol): unknown[] {
    return this.#emitter.listeners(event);
  }
  setMaxListeners(count: number): this {
    this.#emitter.setMaxListeners(count);
    return this;
  }
}

export type PreventableEvent<T extends object = object> = T & {
  preventDefault(): void;
  readonly defaultPrevented: boolean;
};

export function createEvent<T extends object>(fields?: T): PreventableEvent<T> {
  let prevented = false;
  return Object.defineProperties({ ...fields } as PreventableEvent<T>, {
    preventDefault: {
      value: () => {
        prevented = true;
      },
    },
    defaultPrevented: { get: () => prevented },
  });
}

/** A module of Electron's that the stand-in does not carry: it can be imported, and any use of it throws. */
export function absent(name: string): unknown {
  const refuse = () => {
    throw missing(name);
  };
  return new Proxy(class {}, {
    get(_target, key) {
      if (typeof key === 'symbol' || probed.has(key)) return undefined;
      throw missing(`${name}.${key}`);
    },
    set: refuse,
    apply: refuse,
    construct: refuse,
  });
}

/** A plain object of Electron's whose other properties throw. */
export function loudObject<T extends object>(name: string, members: T): T {
  const holder = Object.create(endOfChain(Object.prototype), { [standInName]: { value: name } });
  return Object.defineProperties(holder, Object.getOwnPropertyDescriptors(members)) as T;
}
