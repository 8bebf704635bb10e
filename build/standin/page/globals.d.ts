import type { CloneCodec } from '../clone-codec.ts';
import type { createBridgeEnd as bridgeEnd } from './bridge-end.js';

// The page's scripts are put together from several sources, so they know each other as globals; see ../page-scripts.ts.
declare global {
  function createCloneCodec(): CloneCodec;
  const createBridgeEnd: typeof bridgeEnd;
}
