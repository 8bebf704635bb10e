import type { VideoPorts } from './h264.ts';

/** The browser's own H.264 decoder. */
export const webCodecs: VideoPorts = (output, error) => {
  const decoder = new VideoDecoder({ output, error });
  return {
    configure: (config) => decoder.configure(config),
    decode: (chunk) => decoder.decode(new EncodedVideoChunk(chunk)),
    close: () => decoder.close(),
  };
};
