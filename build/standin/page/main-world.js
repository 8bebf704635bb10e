// The page's own world: receives what the preload exposes. Nothing else of the stand-in is reachable from here.

/** @param {string} toIsolated @param {string} toMain */
export function installMainWorld(toIsolated, toMain) {
  /** @param {any} value */
  const freeze = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || Object.isFrozen(value)) return;
    if (ArrayBuffer.isView(value)) return;
    Object.freeze(value);
    for (const key of Object.keys(value)) freeze(value[key]);
  };
  createBridgeEnd(toIsolated, toMain).listen((name, value) => {
    freeze(value);
    Object.defineProperty(window, name, { value, writable: false, configurable: false, enumerable: true });
  });
}
