/** DEVELOPMENT ONLY: `node --import …/build/standin/register.ts out/main/index.js` gives `electron` its stand-in. */
import { registerHooks } from 'node:module';

const names = new Set(['electron', 'electron/main']);
const url = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    names.has(specifier) ? { url, format: 'module-typescript', shortCircuit: true } : next(specifier, context),
});
Object.defineProperty(process, 'type', { value: 'browser', enumerable: true });
