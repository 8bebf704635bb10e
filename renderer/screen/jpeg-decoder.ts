import type { JpegDecoder } from './rfb/updates.ts';

/**
 * The browser's own JPEG decoder, off this thread, then straight into the framebuffer: no canvas, no second copy.
 * `copyTo` wants room for a whole last row, which is what the framebuffer's spare row is for.
 */
export const imageDecoderJpeg: JpegDecoder = async (data, codec, rect) => {
  const decoder = new ImageDecoder({ type: 'image/jpeg', data, colorSpaceConversion: 'none' });
  try {
    const { image } = await decoder.decode();
    try {
      const stride = codec.width * 4;
      const layout = [{ offset: rect.y * stride + rect.x * 4, stride }];
      await image.copyTo(codec.framebuffer, { format: 'RGBA', layout });
    } finally {
      image.close();
    }
  } finally {
    decoder.close();
  }
};
