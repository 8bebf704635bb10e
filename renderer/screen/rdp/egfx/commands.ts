import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import type { Reader } from '../reader.ts';
import { BitmapCache } from './bitmap-cache.ts';
import { copyRect, fillRect, importRect, inside } from './blit.ts';
import type { Decode, DecodeLater, Drawn, GfxDecoders } from './decoders.ts';
import * as pdus from './pdus.ts';
import { type Surface, type SurfaceLimits, Surfaces } from './surfaces.ts';

/** One PDU may paint its surface over this often: rectangles and points are many, and each may be as large as all of it. */
const overpaint = 16;
const leastWork = 1 << 20;

/** What the desk draws with (MS-RDPEGFX 2.2.2), but for frames and capabilities. */
export class Commands {
  readonly surfaces: Surfaces;
  readonly #codec: RdpCodec;
  readonly #decoders: GfxDecoders;
  readonly #cache: BitmapCache;

  constructor(codec: RdpCodec, decoders: GfxDecoders, limits: SurfaceLimits) {
    this.#codec = codec;
    this.#decoders = decoders;
    this.surfaces = new Surfaces(codec.memory, limits);
    this.#cache = new BitmapCache(codec.memory);
  }

  reset(): void {
    this.#decoders.reset?.();
    this.#cache.clear();
    this.surfaces.clear();
  }

  /** @returns a promise when the next command has to wait for it. @throws ScreenEnd */
  run(command: number, body: Reader): Promise<void> | undefined {
    switch (command) {
      case pdus.commands.wireToSurface1:
        return this.#wireToSurface1(body);
      case pdus.commands.wireToSurface2:
        return this.#wireToSurface2(body);
      case pdus.commands.deleteEncodingContext:
        this.#decoders.contextDeleted?.(body.u16(), body.u32());
        return;
      case pdus.commands.solidFill:
        return this.#solidFill(body);
      case pdus.commands.surfaceToSurface:
        return this.#surfaceToSurface(body);
      case pdus.commands.surfaceToCache:
        return this.#surfaceToCache(body);
      case pdus.commands.cacheToSurface:
        return this.#cacheToSurface(body);
      case pdus.commands.evictCacheEntry:
        this.#cache.evict(body.u16());
        return;
      case pdus.commands.createSurface:
        return this.#createSurface(body);
      case pdus.commands.deleteSurface:
        return this.#deleteSurface(body.u16());
      case pdus.commands.mapSurfaceToOutput:
        return this.#map(body, false);
      case pdus.commands.mapSurfaceToScaledOutput:
        return this.#map(body, true);
      case pdus.commands.cacheImportReply:
        // Nothing is ever offered, so nothing can have been taken (2.2.2.17).
        if (body.u16() !== 0) throw protocolProblem('import to the bitmap cache');
        return;
      default:
        // Of a later version, or for what was not offered: a desk that draws so shows nothing, and says no more wrong.
        body.skip(body.left);
        return;
    }
  }

  #createSurface(body: Reader): undefined {
    const id = body.u16();
    const width = body.u16();
    const height = body.u16();
    pdus.readPixelFormat(body);
    // A desk that has forgotten that it has one means another.
    this.#deleteSurface(id);
    this.surfaces.create(id, width, height);
  }

  #deleteSurface(id: number): undefined {
    if (this.surfaces.delete(id)) this.#decoders.surfaceDeleted?.(id);
  }

  /** 2.2.2.15, and 2.2.2.22 as far as nothing is scaled: scaling was not offered. */
  #map(body: Reader, scaled: boolean): undefined {
    const id = body.u16();
    body.skip(2);
    const x = body.u32();
    const y = body.u32();
    if (scaled) {
      const { width, height } = this.surfaces.get(id).pixels;
      if (body.u32() !== width || body.u32() !== height) throw protocolProblem('scaled surface');
    }
    this.surfaces.map(id, x, y);
  }

  #wireToSurface1(body: Reader): Promise<void> | undefined {
    const surface = this.surfaces.get(body.u16());
    const codec = body.u16();
    pdus.readPixelFormat(body);
    const rect = pdus.readRect(body);
    const data = pdus.readBitmapData(body);
    if (!inside(rect, surface.pixels)) throw protocolProblem('rectangle outside a surface');
    this.#decoders.seen?.(codec);
    switch (codec) {
      case pdus.codecs.uncompressed:
        return this.#uncompressed(surface, rect, data);
      case pdus.codecs.alpha:
        // It changes nothing but alpha (3.3.5.1), and that is not kept.
        return;
      case pdus.codecs.planar:
        return this.#decode(this.#decoders.planar, surface, rect, data);
      case pdus.codecs.clear:
        return this.#decode(this.#decoders.clear, surface, rect, data);
      case pdus.codecs.remotefx:
        return this.#decode(this.#decoders.remotefx, surface, rect, data);
      case pdus.codecs.avc420:
        return this.#decode(this.#decoders.avc420, surface, rect, data);
      case pdus.codecs.avc444:
        return this.#decode(this.#decoders.avc444, surface, rect, data);
      case pdus.codecs.avc444v2:
        return this.#decode(this.#decoders.avc444v2, surface, rect, data);
      default:
        throw protocolProblem(`graphics codec ${codec}`);
    }
  }

  #wireToSurface2(body: Reader): undefined {
    const surface = this.surfaces.get(body.u16());
    const codec = body.u16();
    const context = body.u32();
    pdus.readPixelFormat(body);
    const data = pdus.readBitmapData(body);
    const decode = this.#decoders.progressive;
    if (codec !== pdus.codecs.progressive || decode === undefined) throw protocolProblem(`graphics codec ${codec}`);
    this.#decoders.seen?.(codec);
    const { pixels } = surface;
    this.#drawn(surface, whole(pixels), decode(data, pixels, surface.id, context));
  }

  #uncompressed(surface: Surface, rect: Rect, data: Uint8Array): undefined {
    if (data.length !== rect.w * rect.h * 4) throw protocolProblem('length of bitmap data');
    importRect(this.#codec.memory, data, surface.pixels, rect);
    this.surfaces.changed(surface, rect);
  }

  #decode(
    decode: Decode | DecodeLater | undefined,
    surface: Surface,
    rect: Rect,
    data: Uint8Array,
  ): Promise<void> | undefined {
    if (decode === undefined) throw protocolProblem('graphics codec that was not offered');
    const result = decode(data, surface.pixels, rect, surface.id);
    if (result instanceof Promise) return result.then((drawn) => this.#drawn(surface, rect, drawn));
    this.#drawn(surface, rect, result);
    return undefined;
  }

  /** What a decoder says it drew is taken at its word, but never past the surface. */
  #drawn(surface: Surface, rect: Rect, drawn: Drawn): void {
    if (drawn === undefined) {
      this.surfaces.changed(surface, rect);
      return;
    }
    const { width, height } = surface.pixels;
    for (const { x, y, w, h } of drawn) {
      const left = Math.max(0, x);
      const top = Math.max(0, y);
      const right = Math.min(width, x + w);
      const bottom = Math.min(height, y + h);
      if (left < right && top < bottom) {
        this.surfaces.changed(surface, { x: left, y: top, w: right - left, h: bottom - top });
      }
    }
  }

  #solidFill(body: Reader): undefined {
    const surface = this.surfaces.get(body.u16());
    const colour = pdus.readColour(body);
    const work = new Work(surface.pixels);
    for (let count = body.u16(); count > 0; count--) {
      const rect = pdus.readRect(body);
      if (!inside(rect, surface.pixels)) throw protocolProblem('rectangle outside a surface');
      work.add(rect);
      fillRect(this.#codec.memory, surface.pixels, rect, colour);
      this.surfaces.changed(surface, rect);
    }
  }

  #surfaceToSurface(body: Reader): undefined {
    const from = this.surfaces.get(body.u16());
    const to = this.surfaces.get(body.u16());
    const rect = pdus.readRect(body);
    if (!inside(rect, from.pixels)) throw protocolProblem('rectangle outside a surface');
    this.#copies(from.pixels, rect, to, body);
  }

  #surfaceToCache(body: Reader): undefined {
    const { pixels } = this.surfaces.get(body.u16());
    body.skip(8);
    const slot = body.u16();
    const rect = pdus.readRect(body);
    if (!inside(rect, pixels)) throw protocolProblem('rectangle outside a surface');
    this.#cache.put(slot, pixels, rect);
  }

  #cacheToSurface(body: Reader): undefined {
    const from = this.#cache.get(body.u16());
    this.#copies(from, whole(from), this.surfaces.get(body.u16()), body);
  }

  /** `destPtsCount` and `destPts`: where to copy to, one after the other. */
  #copies(from: Pixels, { x, y, w, h }: Rect, to: Surface, body: Reader): void {
    const work = new Work(to.pixels);
    for (let count = body.u16(); count > 0; count--) {
      const rect = { x: body.i16(), y: body.i16(), w, h };
      if (!inside(rect, to.pixels)) throw protocolProblem('rectangle outside a surface');
      work.add(rect);
      copyRect(this.#codec.memory, from, { x, y, w, h }, to.pixels, rect.x, rect.y);
      this.surfaces.changed(to, rect);
    }
  }
}

function whole({ width, height }: Pixels): Rect {
  return { x: 0, y: 0, w: width, h: height };
}

/** Pixels that one PDU may write. */
class Work {
  #left: number;

  constructor({ width, height }: Pixels) {
    this.#left = Math.max(leastWork, width * height * overpaint);
  }

  add({ w, h }: Rect): void {
    this.#left -= w * h;
    if (this.#left < 0) throw protocolProblem('too much in one graphics PDU');
  }
}
