import { createContext, useContext } from 'react';
import type { Bridge } from '#contract/ipc/bridge.ts';

declare global {
  interface Window {
    readonly hanare: Bridge;
  }
}

export const BridgeContext = createContext<Bridge | null>(null);

export function useBridge(): Bridge {
  const bridge = useContext(BridgeContext);
  if (bridge === null) throw new Error('no bridge was provided');
  return bridge;
}
