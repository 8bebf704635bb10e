import { rdpWasm } from 'virtual:rdp-wasm';
import { screenWasm } from 'virtual:screen-wasm';
import type { ScreenOptions } from './api.ts';
import type { BytePort } from './byte-link.ts';
import { codecFactory } from './codec/codec.ts';
import type { DeskClient, DeskEffects } from './desk-client.ts';
import { imageDecoderJpeg } from './jpeg-decoder.ts';
import { Presenter } from './presenter.ts';
import { webCodecs } from './rdp/avc/web-codecs.ts';
import { RdpClient } from './rdp/client.ts';
import { rdpCodecFactory } from './rdp/codec.ts';
import { RfbClient } from './rfb/client.ts';
import { Session } from './session.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The worker's root: desk bytes in, pixels on the canvas. Everything that a hostile desk can reach runs here. */
const emit = (event: FromWorker, transfer: Transferable[] = []): void => self.postMessage(event, { transfer });

// Compiled before the desk's first byte, while the rest of the session still opens.
const newRfbCodec = codecFactory(screenWasm);
const newRdpCodec = rdpCodecFactory(rdpWasm);
/** Room for surfaces, caches and what decoders keep of two displays of 3840 × 2160. Bytes. */
const rdpBudget = 384 * 1024 * 1024;
const vncDefaults = { quality: 6, compression: 2 } as const;
let session: Session | undefined;

function connect({ protocol, resize, rdp, vnc }: ScreenOptions, effects: DeskEffects): DeskClient {
  if (protocol === 'vnc') return new RfbClient(newRfbCodec(), vnc ?? vncDefaults, effects, imageDecoderJpeg);
  if (rdp === undefined) throw new Error('no RDP options');
  const decodes = 'VideoDecoder' in self && rdp.h264 !== false;
  const options = {
    selectedProtocol: rdp.selectedProtocol,
    graphicsPipeline: rdp.graphicsPipeline ?? true,
    audio: rdp.audio ?? false,
    video: decodes ? webCodecs : null,
    size: resize === 'match' ? undefined : { width: 1280, height: 800 },
  };
  return new RdpClient(newRdpCodec(rdpBudget), options, effects);
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'reconnect') {
    session?.reconnect(data.bytes as BytePort, (effects) => connect(data.options, effects));
    return;
  }
  if (data.type !== 'start') {
    session?.take(data);
    return;
  }
  if (session !== undefined) return;
  session = new Session({
    port: data.bytes as BytePort,
    desk: (effects) => connect(data.options, effects),
    screen: (picture, presented) => new Presenter(data.canvas, picture, { presented }),
    now: () => performance.now(),
    every: (ms, run) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    emit,
  });
};
