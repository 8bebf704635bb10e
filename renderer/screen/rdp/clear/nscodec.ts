import { protocolProblem } from '../../core/screen-end.ts';
import { checkStatus, type RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { Reader } from '../reader.ts';

const header = 20;

/**
 * NSCODEC_BITMAP_STREAM (MS-RDPNSC 2.2.2) onto a picture of just its size.
 * @param bytes the stream. @param at where the same bytes are in the decoders' memory. @throws ScreenEnd
 */
export function decodeNsCodec(codec: RdpCodec, bytes: Uint8Array, at: number, target: Pixels): void {
  const reader = new Reader(bytes);
  const lengths = [reader.u32(), reader.u32(), reader.u32(), reader.u32()] as const;
  const loss = reader.u8();
  const level = reader.u8();
  reader.skip(2);
  if (loss < 1 || loss > 7) throw protocolProblem('colour loss of NSCodec');
  for (const length of lengths) reader.skip(length);
  const { width, height } = target;
  // Subsampled planes are as large as if the picture had whole pairs of columns and rows, luma's rows whole eights.
  const half = level === 0 ? 0 : 1;
  const lumaStride = half ? (width + 7) & ~7 : width;
  const chromaStride = lumaStride >> half;
  const lumaSize = lumaStride * height;
  const chromaSize = chromaStride * ((height + half) >> half);
  const { memory, wasm } = codec;
  const luma = memory.allocate(lumaSize + 2 * chromaSize);
  try {
    const orange = luma + lumaSize;
    const green = orange + chromaSize;
    const from = at + header;
    checkStatus(wasm.nsPlane(from, lengths[0], luma, lumaSize));
    checkStatus(wasm.nsPlane(from + lengths[0], lengths[1], orange, chromaSize));
    checkStatus(wasm.nsPlane(from + lengths[0] + lengths[1], lengths[2], green, chromaSize));
    const { at: to, stride } = target;
    wasm.nsColour(luma, orange, green, lumaStride, chromaStride, half, loss, to, stride, width, height);
  } finally {
    memory.free(luma);
  }
}
