import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { VideoPicture } from './h264.ts';

const macroblock = 16;
/** Loads of whole vectors may go so far past the last sample. */
const slack = 64;
/** What the scratch rows of wasm/yuv.ts have room for. */
const mostSide = 8192;

/** A YUV420p picture of whole macroblocks in the decoders' memory: Y, then U, then V. */
export class View {
  readonly width: number;
  readonly height: number;
  readonly yStride: number;
  readonly cStride: number;
  readonly at: number;
  readonly uOffset: number;
  readonly vOffset: number;
  readonly #codec: RdpCodec;
  #interleaved: number | undefined;

  /** @param width and @param height of the surface that it is for */
  constructor(codec: RdpCodec, width: number, height: number) {
    if (width > mostSide || height > mostSide) throw protocolProblem('size for H.264');
    this.#codec = codec;
    this.width = Math.ceil(width / macroblock) * macroblock;
    this.height = Math.ceil(height / macroblock) * macroblock;
    this.yStride = Math.ceil(this.width / 64) * 64;
    this.cStride = this.yStride / 2;
    this.uOffset = this.yStride * this.height;
    this.vOffset = this.uOffset + (this.cStride * this.height) / 2;
    this.at = codec.memory.allocate(this.vOffset + (this.cStride * this.height) / 2 + slack);
  }

  /**
   * Takes over a picture's samples, which may be more than the view's (xrdp's has whole macroblocks) or fewer than its last
   * macroblocks have. @param width and @param height that it must have at least
   */
  async fill(picture: VideoPicture, width: number, height: number): Promise<void> {
    const { codedWidth, codedHeight, visibleRect: visible, format } = picture;
    if (codedWidth < width || codedHeight < height || (visible !== null && (visible.x !== 0 || visible.y !== 0))) {
      throw protocolProblem('size of an H.264 picture');
    }
    const w = Math.min(this.width, codedWidth & ~1);
    const h = Math.min(this.height, codedHeight & ~1);
    const rect = { x: 0, y: 0, width: w, height: h };
    const { memory, wasm } = this.#codec;
    const { yStride, cStride, at, uOffset, vOffset } = this;
    if (format === 'I420') {
      const layout = [
        { offset: at, stride: yStride },
        { offset: at + uOffset, stride: cStride },
        { offset: at + vOffset, stride: cStride },
      ];
      await picture.copyTo(memory.bytes, { rect, layout });
    } else if (format === 'NV12') {
      this.#interleaved ??= memory.allocate((yStride * this.height) / 2 + slack);
      const pairs = this.#interleaved;
      const layout = [
        { offset: at, stride: yStride },
        { offset: pairs, stride: yStride },
      ];
      await picture.copyTo(memory.bytes, { rect, layout });
      wasm.yuvSplit(pairs, at + uOffset, at + vOffset, yStride, cStride, w / 2, h / 2);
    } else {
      throw protocolProblem('format of an H.264 picture');
    }
  }

  free(): void {
    this.#codec.memory.free(this.at);
    if (this.#interleaved !== undefined) this.#codec.memory.free(this.#interleaved);
    this.#interleaved = undefined;
  }
}
