import { Damage, type Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { Memory, Pixels } from '../memory.ts';
import { copyRect, fillRect } from './blit.ts';

export type SurfaceLimits = Readonly<{ surfaces: number; side: number; pixels: number }>;

export type Surface = { readonly id: number; readonly pixels: Pixels; origin: { x: number; y: number } | undefined };

const black = 0xff000000;

/**
 * Offscreen surfaces, and the output that they are mapped to (MS-RDPEGFX 3.3.1.6 to 3.3.1.8). A single surface of the
 * output's size is the framebuffer itself, which is what desks do; only otherwise is there a picture put together.
 */
export class Surfaces {
  readonly #memory: Memory;
  readonly #limits: SurfaceLimits;
  readonly #all = new Map<number, Surface>();
  /** In the order of mapping: a later one lies above. */
  readonly #mapped = new Set<Surface>();
  readonly #damage = new Damage();
  #output: { width: number; height: number } | undefined;
  /** Put together from several surfaces; of the output's size. */
  #composite: Pixels | undefined;
  /** What was last given out: another one is damaged as a whole. */
  #shown: Pixels | undefined;

  constructor(memory: Memory, limits: SurfaceLimits) {
    this.#memory = memory;
    this.#limits = limits;
  }

  /** What the last frame was shown from, as long as it is there. */
  get shown(): Pixels | undefined {
    return this.#shown;
  }

  get(id: number): Surface {
    const surface = this.#all.get(id);
    if (surface === undefined) throw protocolProblem('unknown surface');
    return surface;
  }

  /** @param id of none that there is */
  create(id: number, width: number, height: number): void {
    if (this.#all.size >= this.#limits.surfaces) throw protocolProblem('count of surfaces');
    this.#checkSize(width, height);
    const pixels = this.#memory.pixels(width, height);
    fillRect(this.#memory, pixels, { x: 0, y: 0, w: width, h: height }, black);
    this.#all.set(id, { id, pixels, origin: undefined });
  }

  /** @returns whether there was one: that of another word changes nothing */
  delete(id: number): boolean {
    const surface = this.#all.get(id);
    if (surface === undefined) return false;
    this.#all.delete(id);
    this.#mapped.delete(surface);
    // A decoder that ends later may still hold it.
    surface.origin = undefined;
    if (this.#shown === surface.pixels) this.#shown = undefined;
    this.#memory.free(surface.pixels.at);
    return true;
  }

  /** The place in the output; part of the surface may lie beyond its edges. */
  map(id: number, x: number, y: number): void {
    const surface = this.get(id);
    if (x > this.#limits.side || y > this.#limits.side) throw protocolProblem('origin of a surface');
    this.#mapped.delete(surface);
    this.#mapped.add(surface);
    surface.origin = { x, y };
    this.#add(x, y, surface.pixels.width, surface.pixels.height);
  }

  /** Surfaces and what they are mapped to stay as they are (3.3.5.14 speaks of the output alone). */
  resetOutput(width: number, height: number): void {
    this.#checkSize(width, height);
    this.#freeComposite();
    this.#shown = undefined;
    this.#output = { width, height };
    this.#damage.take();
  }

  /** @param rect of the surface, checked */
  changed(surface: Surface, rect: Rect): void {
    if (surface.origin !== undefined) {
      this.#add(surface.origin.x + rect.x, surface.origin.y + rect.y, rect.w, rect.h);
    }
  }

  /** The output as it is now, with what changed since the last time; undefined before there is an output. */
  frame(): { framebuffer: Pixels; damage: Damage } | undefined {
    const output = this.#output;
    if (output === undefined) return undefined;
    const direct = this.#direct(output);
    if (direct !== undefined) this.#freeComposite();
    const framebuffer = direct ?? this.#composite ?? this.#newComposite(output);
    if (framebuffer !== this.#shown) this.#add(0, 0, output.width, output.height);
    this.#shown = framebuffer;
    if (direct === undefined) this.#compose(framebuffer);
    return { framebuffer, damage: this.#damage };
  }

  clear(): void {
    for (const surface of this.#all.values()) {
      this.#memory.free(surface.pixels.at);
      surface.origin = undefined;
    }
    this.#all.clear();
    this.#mapped.clear();
    this.#freeComposite();
    this.#shown = undefined;
    this.#output = undefined;
    this.#damage.take();
  }

  #checkSize(width: number, height: number): void {
    const { side, pixels } = this.#limits;
    if (width < 1 || height < 1 || width > side || height > side || width * height > pixels) {
      throw protocolProblem('size of a surface');
    }
  }

  #direct({ width, height }: { width: number; height: number }): Pixels | undefined {
    if (this.#mapped.size !== 1) return undefined;
    const [surface] = this.#mapped;
    if (surface?.origin?.x !== 0 || surface.origin.y !== 0) return undefined;
    const { pixels } = surface;
    return pixels.width === width && pixels.height >= height ? pixels : undefined;
  }

  #newComposite({ width, height }: { width: number; height: number }): Pixels {
    const pixels = this.#memory.pixels(width, height);
    fillRect(this.#memory, pixels, { x: 0, y: 0, w: width, h: height }, black);
    this.#composite = pixels;
    return pixels;
  }

  #freeComposite(): void {
    if (this.#composite === undefined) return;
    this.#memory.free(this.#composite.at);
    this.#composite = undefined;
  }

  /** By rectangles of the output, so that a surface below never shows above. */
  #compose(to: Pixels): void {
    const rects = this.#damage.take();
    for (const rect of rects) {
      for (const { pixels, origin } of this.#mapped) {
        if (origin === undefined) continue;
        const x = Math.max(rect.x, origin.x);
        const y = Math.max(rect.y, origin.y);
        const w = Math.min(rect.x + rect.w, origin.x + pixels.width) - x;
        const h = Math.min(rect.y + rect.h, origin.y + pixels.height) - y;
        if (w > 0 && h > 0) copyRect(this.#memory, pixels, { x: x - origin.x, y: y - origin.y, w, h }, to, x, y);
      }
      this.#damage.add(rect.x, rect.y, rect.w, rect.h);
    }
  }

  /** Of the output's coordinates, what lies in it. */
  #add(x: number, y: number, w: number, h: number): void {
    if (this.#output === undefined) return;
    const right = Math.min(x + w, this.#output.width);
    const bottom = Math.min(y + h, this.#output.height);
    if (x < right && y < bottom) this.#damage.add(x, y, right - x, bottom - y);
  }
}
