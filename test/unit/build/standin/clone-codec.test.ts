import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cannotClone, createCloneCodec } from '#build/standin/clone-codec.ts';

const { encode, decode } = createCloneCodec();
const carry = (value: unknown) => decode(encode(value));

describe('the clone codec', () => {
  it('carries every cloneable value when compared with structuredClone', () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withBoxedValues: true,
      withObjectString: false,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(values, (value) => {
        expect(carry(value)).toStrictEqual(structuredClone(value));
      }),
    );
  });

  it('keeps identity, cycles and shared buffers', () => {
    const shared = { in: 'both' };
    const buffer = new ArrayBuffer(8);
    const value: Record<string, unknown> = {
      a: shared,
      b: shared,
      x: new Uint8Array(buffer, 2, 3),
      y: new DataView(buffer),
    };
    value.self = value;
    const copy = carry(value) as Record<string, unknown> & { x: Uint8Array; y: DataView };
    expect(copy.self).toBe(copy);
    expect(copy.a).toBe(copy.b);
    expect(copy.x.buffer).toBe(copy.y.buffer);
    expect([copy.x.byteOffset, copy.x.length]).toEqual([2, 3]);
  });

  it('keeps the kind, message and cause of errors and drops other properties', () => {
    const error = Object.assign(new TypeError('bad', { cause: 7 }), { code: 'LOST' });
    const copy = carry(error) as Error & { code?: string };
    expect(copy).toBeInstanceOf(TypeError);
    expect([copy.message, copy.cause, copy.code, copy.stack]).toEqual(['bad', 7, undefined, error.stack]);
    class Own extends Error {}
    expect(carry(new Own('x'))).toStrictEqual(structuredClone(new Own('x')));
  });

  it.each([[() => 1], [Symbol('s')], [{ deep: [new WeakMap()] }], [Promise.resolve()]])('refuses %s', (value) => {
    expect(() => encode(value)).toThrow(new Error(cannotClone));
  });

  it('loses prototypes and calls getters once', () => {
    let reads = 0;
    class Thing {
      own = 1;
      method() {
        return 2;
      }
    }
    const value = {
      thing: new Thing(),
      get counted() {
        reads++;
        return reads;
      },
    };
    expect(carry(value)).toStrictEqual({ thing: { own: 1 }, counted: 1 });
  });

  it('maps strings in values and errors, never keys', () => {
    const text = encode({ key: 'key', list: ['a key'], error: new Error('key') }, (part) =>
      part.replace('key', 'lock'),
    );
    const copy = decode(text) as { key: string; list: string[]; error: Error };
    expect([copy.key, copy.list, copy.error.message]).toEqual(['lock', ['a lock'], 'lock']);
    expect(decode(encode('lock'), (part) => part.toUpperCase())).toBe('LOCK');
  });

  it('refuses text it did not write', () => {
    expect(() => decode('[["z"]]')).toThrow('unknown tag z');
    expect(() => decode('[["v","Function",1,0,0],["b",""]]')).toThrow('cannot carry Function');
  });
});
