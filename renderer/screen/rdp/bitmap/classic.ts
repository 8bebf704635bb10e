import type { CursorShape } from '../../core/cursor-shape.ts';
import { Damage, type Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import { fillRect } from '../egfx/blit.ts';
import type { Pixels } from '../memory.ts';
import type { CodecName } from '../tally.ts';
import { decodeBitmap } from './bitmap-codec.ts';
import { Pointers } from './pointers.ts';
import { readSurfaceCommands, type SurfaceBits } from './surface-commands.ts';
import { placed, readBitmapUpdate } from './updates.ts';

export type ClassicEffects = Readonly<{
  /** A frame is whole, or where the desk marks none, an update. */
  frame(damage: Damage, framebuffer: Pixels): void;
  acknowledge(frame: number): void;
  cursor(shape: CursorShape): void;
}>;

export type ClassicDecoders = Readonly<{
  /** Of surface commands. @returns what was drawn */
  remotefx(bytes: Uint8Array, target: Pixels, x: number, y: number): readonly Rect[];
  /** A piece of picture has come in this way. */
  seen?(codec: CodecName): void;
}>;

/** updateCode (MS-RDPBCGR 2.2.9.1.2.1). */
const code = {
  bitmap: 1,
  palette: 2,
  synchronize: 3,
  surfaceCommands: 4,
  hidden: 5,
  default: 6,
  position: 8,
  colour: 9,
  cached: 10,
  new: 11,
  large: 12,
} as const;

/** What a desk draws without the graphics pipeline (MS-RDPBCGR 2.2.9): bitmaps, surface commands, and always pointers. */
export class ClassicGraphics {
  readonly #codec: RdpCodec;
  readonly #decoders: ClassicDecoders;
  readonly #effects: ClassicEffects;
  readonly #pointers: Pointers;
  readonly #damage = new Damage();
  #framebuffer: Pixels | undefined;
  #remotefx: number | null = null;
  /** Between two frame markers. */
  #inFrame = false;

  constructor(codec: RdpCodec, decoders: ClassicDecoders, effects: ClassicEffects) {
    this.#codec = codec;
    this.#decoders = decoders;
    this.#effects = effects;
    this.#pointers = new Pointers(effects.cursor);
  }

  /** Undefined until `resize`: it takes memory. */
  get framebuffer(): Pixels | undefined {
    return this.#framebuffer;
  }

  /** @returns the framebuffer, black. @throws ScreenEnd when there is no memory for it */
  resize(width: number, height: number): Pixels {
    this.#release();
    const { memory } = this.#codec;
    const framebuffer = memory.pixels(width, height);
    fillRect(memory, framebuffer, { x: 0, y: 0, w: width, h: height }, 0xff000000);
    this.#framebuffer = framebuffer;
    this.#damage.take();
    return framebuffer;
  }

  /** The share began, or began anew. @param remotefx the id that RemoteFX has in it; null where it has none */
  reset(remotefx: number | null): void {
    this.#release();
    this.#remotefx = remotefx;
    this.#inFrame = false;
  }

  /** @param bytes of one whole update, valid during the call. @throws ScreenEnd */
  update(updateCode: number, bytes: Uint8Array): void {
    switch (updateCode) {
      case code.bitmap: {
        const target = this.#target();
        readBitmapUpdate(bytes, target, (bitmap, rect) => {
          this.#decoders.seen?.(bitmap.compressed ? 'bitmap-compressed' : 'bitmap');
          decodeBitmap(this.#codec, bitmap, target, rect);
          this.#damaged(rect);
        });
        this.#show();
        break;
      }
      case code.surfaceCommands:
        readSurfaceCommands(bytes, {
          bits: (bits) => this.#bits(bits),
          begin: () => {
            this.#inFrame = true;
          },
          end: (frame) => {
            this.#inFrame = false;
            this.#show();
            this.#effects.acknowledge(frame);
          },
        });
        this.#show();
        break;
      // A palette means nothing at 32 bits a pixel; where the desk would have the pointer is the person's own affair.
      case code.palette:
      case code.synchronize:
      case code.position:
        break;
      case code.hidden:
        this.#pointers.hide();
        break;
      case code.default:
        this.#pointers.showDefault();
        break;
      case code.colour:
        this.#pointers.colour(bytes);
        break;
      case code.cached:
        this.#pointers.cached(bytes);
        break;
      case code.new:
        this.#pointers.coloured(bytes);
        break;
      case code.large:
        this.#pointers.large(bytes);
        break;
      default:
        throw protocolProblem(`update code ${updateCode}`);
    }
  }

  #bits({ x, y, width, height, bitsPerPixel, codec, bytes }: SurfaceBits): void {
    const target = this.#target();
    if (codec !== 0) {
      if (codec !== this.#remotefx) throw protocolProblem('codec of a surface command');
      this.#decoders.seen?.('surface-remotefx');
      if (x >= target.width || y >= target.height) return;
      for (const rect of this.#decoders.remotefx(bytes, target, x, y)) this.#damaged(rect);
      return;
    }
    this.#decoders.seen?.('surface-bits');
    const rect = placed(target, { x, y, w: width, h: height }, width, height);
    if (rect === undefined) return;
    decodeBitmap(this.#codec, { bytes, bitsPerPixel, compressed: false, width, height }, target, rect);
    this.#damaged(rect);
  }

  #target(): Pixels {
    if (this.#framebuffer === undefined) throw protocolProblem('picture without a framebuffer');
    return this.#framebuffer;
  }

  #damaged({ x, y, w, h }: Rect): void {
    this.#damage.add(x, y, w, h);
  }

  #show(): void {
    if (this.#inFrame || this.#damage.empty || this.#framebuffer === undefined) return;
    this.#effects.frame(this.#damage, this.#framebuffer);
  }

  #release(): void {
    if (this.#framebuffer !== undefined) this.#codec.memory.free(this.#framebuffer.at);
    this.#framebuffer = undefined;
  }
}
