export type Rect = Readonly<{ x: number; y: number; w: number; h: number }>;

type Box = { x: number; y: number; x2: number; y2: number };

const most = 16;
/** Pixels that may be shown again needlessly to save one more call. */
const slack = 4096;

/** The parts of the picture that changed since it was shown: few rectangles, merged where that costs little. */
export class Damage {
  #boxes: Box[] = [];

  get empty(): boolean {
    return this.#boxes.length === 0;
  }

  add(x: number, y: number, w: number, h: number): void {
    if (w === 0 || h === 0) return;
    let box: Box = { x, y, x2: x + w, y2: y + h };
    for (let i = 0; i < this.#boxes.length; i++) {
      const other = this.#boxes[i]!;
      const merged = union(box, other);
      if (area(merged) > area(box) + area(other) + slack) continue;
      // What has grown may now touch others: look again from the start.
      this.#boxes.splice(i, 1);
      box = merged;
      i = -1;
    }
    this.#boxes.push(box);
    if (this.#boxes.length > most) this.#boxes = [this.#boxes.reduce(union)];
  }

  addAll(other: Damage): void {
    for (const { x, y, x2, y2 } of other.#boxes) this.add(x, y, x2 - x, y2 - y);
  }

  take(): Rect[] {
    const rects = this.#boxes.map(({ x, y, x2, y2 }) => ({ x, y, w: x2 - x, h: y2 - y }));
    this.#boxes = [];
    return rects;
  }
}

function union(a: Box, b: Box): Box {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), x2: Math.max(a.x2, b.x2), y2: Math.max(a.y2, b.y2) };
}

function area(box: Box): number {
  return (box.x2 - box.x) * (box.y2 - box.y);
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
