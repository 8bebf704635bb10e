/**
 * `@peculiar/x509` resolves its classes through tsyringe, which refuses to load without the Reflect metadata calls
 * (an abandoned TC39 proposal). It only stores and reads class metadata, so these three calls are enough and the
 * `reflect-metadata` package is not needed. Import this before `@peculiar/x509`.
 */
type MetadataReflect = {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
};

const reflect = Reflect as MetadataReflect;

if (reflect.getMetadata === undefined) {
  const metadata = new WeakMap<object, Map<unknown, unknown>>();
  const read = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);
  reflect.getMetadata = read;
  reflect.getOwnMetadata = read;
  reflect.defineMetadata = (key, value, target) => {
    const own = metadata.get(target) ?? new Map<unknown, unknown>();
    own.set(key, value);
    metadata.set(target, own);
  };
}

// A module, so that its names are its own.
export {};
