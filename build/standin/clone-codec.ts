/**
 * Carries what the structured clone algorithm carries, as text. The same source runs in Node and, with its types
 * stripped, in the page: it uses the language only.
 *
 * A value is first cloned by the platform's own `structuredClone`, which decides what can be cloned and takes the one
 * snapshot; what is written afterwards can only be one of the types below.
 */
export type CloneCodec = {
  encode(value: unknown, mapText?: (text: string) => string): string;
  decode(text: string, mapText?: (text: string) => string): unknown;
};

type Table = unknown[];

// Electron throws a plain Error with this text for IPC and for the bridge.
export const cannotClone = 'An object could not be cloned.';

export function createCloneCodec(): CloneCodec {
  const same = (text: string) => text;
  const views: Record<string, new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView> = {};
  for (const view of [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ] as never[] as { name: string }[])
    views[view.name] = view as never;
  const errors: Record<string, ErrorConstructor> = {};
  for (const error of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])
    errors[error.name] = error as ErrorConstructor;

  // Chromium has base64 on Uint8Array; Node 24 only on Buffer.
  type Bytes = Uint8Array<ArrayBuffer>;
  type NodeBuffer = {
    from(from: unknown, a?: unknown, b?: unknown): Uint8Array & { toString(encoding: string): string };
  };
  const buffer = (globalThis as { Buffer?: NodeBuffer }).Buffer;
  const toBase64 = (bytes: Uint8Array): string =>
    buffer
      ? buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
      : (bytes as unknown as { toBase64(): string }).toBase64();
  const fromBase64 = (text: string): Bytes =>
    buffer
      ? new Uint8Array(buffer.from(text, 'base64'))
      : (Uint8Array as unknown as { fromBase64(text: string): Bytes }).fromBase64(text);

  function encode(value: unknown, mapText = same): string {
    let snapshot: unknown;
    try {
      snapshot = structuredClone(value);
    } catch {
      throw new Error(cannotClone);
    }
    const table: Table = [];
    const seen = new Map<unknown, number>();

    /** @returns the index of the value's entry in the table; one entry per object keeps identity and cycles. */
    const write = (item: unknown): number => {
      const known = typeof item === 'object' && item !== null ? seen.get(item) : undefined;
      if (known !== undefined) return known;
      const index = table.push(null) - 1;
      if (typeof item === 'object' && item !== null) {
        seen.set(item, index);
        table[index] = writeObject(item);
      } else table[index] = writePrimitive(item);
      return index;
    };
    const writePrimitive = (item: unknown): unknown => {
      if (typeof item === 'string') return mapText(item);
      if (typeof item === 'boolean' || item === null) return item;
      if (item === undefined) return ['u'];
      if (typeof item === 'bigint') return ['i', item.toString()];
      if (Number.isFinite(item) && !Object.is(item, -0)) return item;
      return ['n', Object.is(item, -0) ? '-0' : String(item)];
    };
    const writeObject = (item: object): unknown => {
      if (Array.isArray(item))
        return item.length === Object.keys(item).length
          ? ['a', ...item.map(write)]
          : ['h', item.length, ...writeEntries(item)];
      if (ArrayBuffer.isView(item)) {
        const length = item instanceof DataView ? item.byteLength : (item as Uint8Array).length;
        return ['v', item.constructor.name, write(item.buffer), item.byteOffset, length];
      }
      switch (Object.prototype.toString.call(item)) {
        case '[object Object]':
          return ['o', ...writeEntries(item)];
        case '[object ArrayBuffer]':
          return ['b', toBase64(new Uint8Array(item as ArrayBuffer))];
        case '[object Date]':
          return ['d', write((item as Date).getTime())];
        case '[object RegExp]':
          return ['r', (item as RegExp).source, (item as RegExp).flags];
        case '[object Map]':
          return ['m', ...[...(item as Map<unknown, unknown>)].flatMap(([key, entry]) => [write(key), write(entry)])];
        case '[object Set]':
          return ['s', ...[...(item as Set<unknown>)].map(write)];
        case '[object Error]': {
          const { name, message, stack } = item as Error;
          const cause = Object.hasOwn(item, 'cause') ? [write((item as Error).cause)] : [];
          return ['e', name, mapText(message), mapText(stack ?? ''), ...cause];
        }
        case '[object Boolean]':
        case '[object Number]':
        case '[object String]':
        case '[object BigInt]':
          return ['w', write((item as { valueOf(): unknown }).valueOf())];
        default:
          throw new Error(`the Electron stand-in cannot carry ${Object.prototype.toString.call(item)}`);
      }
    };
    const writeEntries = (item: object): unknown[] =>
      Object.entries(item).flatMap(([key, entry]) => [key, write(entry)]);

    write(snapshot);
    return JSON.stringify(table);
  }

  function decode(text: string, mapText = same): unknown {
    const table = JSON.parse(text) as Table;
    const made: unknown[] = [];
    const done: boolean[] = [];

    const read = (index: number): unknown => {
      if (done[index]) return made[index];
      const entry = table[index];
      if (!Array.isArray(entry)) return typeof entry === 'string' ? mapText(entry) : entry;
      /** Before the members are read, because one of them may be the object itself. */
      const keep = <T>(value: T): T => {
        done[index] = true;
        made[index] = value;
        return value;
      };
      return readTagged(entry, keep);
    };
    const readTagged = (entry: unknown[], keep: <T>(value: T) => T): unknown => {
      const [tag, ...rest] = entry as [string, ...never[]];
      const indices = rest as number[];
      switch (tag) {
        case 'u':
          return undefined;
        case 'i':
          return BigInt(rest[0] as unknown as string);
        case 'n':
          return Number(rest[0]);
        case 'a': {
          const list = keep<unknown[]>([]);
          for (const index of indices) list.push(read(index));
          return list;
        }
        case 'h': {
          const list = keep<unknown[]>([]);
          list.length = indices[0] ?? 0;
          return readEntries(list, rest.slice(1));
        }
        case 'o':
          return readEntries(keep({}), rest);
        case 'b':
          return keep(fromBase64(rest[0] as unknown as string).buffer);
        case 'v': {
          const [name, buffer, offset, length] = rest as unknown as [string, number, number, number];
          const View = views[name];
          if (!View) throw new Error(`the Electron stand-in cannot carry ${name}`);
          return keep(new View(read(buffer) as ArrayBuffer, offset, length));
        }
        case 'd':
          return keep(new Date(read(rest[0] as unknown as number) as number));
        case 'r':
          return keep(new RegExp(rest[0] as unknown as string, rest[1]));
        case 'm': {
          const map = keep(new Map<unknown, unknown>());
          for (let i = 0; i < indices.length; i += 2) map.set(read(indices[i]!), read(indices[i + 1]!));
          return map;
        }
        case 's': {
          const set = keep(new Set<unknown>());
          for (const index of indices) set.add(read(index));
          return set;
        }
        case 'e': {
          const [name, message, stack, cause] = rest as unknown as [string, string, string, number?];
          const error = keep(new (errors[name] ?? Error)(mapText(message)));
          Object.defineProperty(error, 'stack', { value: mapText(stack), writable: true, configurable: true });
          if (cause !== undefined)
            Object.defineProperty(error, 'cause', { value: read(cause), writable: true, configurable: true });
          return error;
        }
        case 'w':
          return keep(Object(read(indices[0]!)));
        default:
          throw new Error(`unknown tag ${tag} in a cloned value`);
      }
    };
    const readEntries = (target: object, rest: unknown[]): object => {
      for (let i = 0; i < rest.length; i += 2)
        Object.defineProperty(target, rest[i] as string, {
          value: read(rest[i + 1] as number),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      return target;
    };

    return read(0);
  }

  return { encode, decode };
}
