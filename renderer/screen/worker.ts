import { screenWasm } from 'virtual:screen-wasm';
import type { BytePort } from './byte-link.ts';
import { codecFactory } from './codec/codec.ts';
import { imageDecoderJpeg } from './jpeg-decoder.ts';
import { Presenter } from './presenter.ts';
import { Session } from './session.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The worker's root: desk bytes in, pixels on the canvas. Everything that a hostile desk can reach runs here. */
const emit = (event: FromWorker, transfer: Transferable[] = []): void => self.postMessage(event, { transfer });

// Compiled before the desk's first byte, while the rest of the session still opens.
const codec = codecFactory(screenWasm)();
let session: Session | undefined;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type !== 'start') {
    session?.take(data);
    return;
  }
  if (session !== undefined) return;
  session = new Session({
    options: data.options,
    port: data.bytes as BytePort,
    codec,
    decodeJpeg: imageDecoderJpeg,
    screen: (presented) => new Presenter(data.canvas, codec, { presented }),
    now: () => performance.now(),
    every: (ms, run) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
    emit,
  });
};
