import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { addAll, addToRegion, intersect, overlaps, type Rect, rect, type Size, sameRect } from '../state/geometry.ts';
import type { Pen } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

export type Compositor = Readonly<{
  canvas: () => Canvas;
  /** Brings the canvas up to date. @returns the disjoint rectangles that were painted: all that may have changed. */
  render: (nodes: readonly SceneNode[], size: Size) => readonly Rect[];
}>;

/** Compares the new scene with the last one and repaints only where they differ. */
export function createCompositor(): Compositor {
  let canvas = createCanvas(1, 1);
  let shown: readonly SceneNode[] = [];
  let pictures = new Map<string, Canvas>();

  const pictureOf = (node: SceneNode, before: SceneNode | undefined): Canvas => {
    const have = pictures.get(node.id);
    if (have && before && sameKey(before.key, node.key)) return have;
    const picture = createCanvas(Math.max(1, node.bounds.width), Math.max(1, node.bounds.height));
    node.paint(picture.getContext('2d'));
    return picture;
  };

  const paintInto = (pen: Pen, nodes: readonly SceneNode[], area: Rect): void => {
    pen.save();
    pen.beginPath();
    pen.rect(area.x, area.y, area.width, area.height);
    pen.clip();
    for (const node of nodes) {
      if (!overlaps(node.bounds, area)) continue;
      const picture = pictures.get(node.id);
      if (picture) drawPart(pen, picture, node.bounds, area);
      else {
        pen.save();
        pen.translate(node.bounds.x, node.bounds.y);
        node.paint(pen);
        pen.restore();
      }
    }
    pen.restore();
  };

  return {
    canvas: () => canvas,
    render: (nodes, size) => {
      const whole = rect(0, 0, size.width, size.height);
      const before = new Map(shown.map((node) => [node.id, node]));
      let dirty = changes(shown, nodes)
        .map((area) => intersect(area, whole))
        .reduce(addToRegion, [] as readonly Rect[]);
      if (canvas.width !== size.width || canvas.height !== size.height) {
        canvas = createCanvas(size.width, size.height);
        dirty = [whole];
      }
      pictures = new Map(
        nodes.filter((node) => node.cached).map((node) => [node.id, pictureOf(node, before.get(node.id))]),
      );
      shown = nodes;
      const pen = canvas.getContext('2d');
      for (const area of dirty) paintInto(pen, nodes, area);
      return dirty;
    },
  };
}

/** Where two scenes may look different: nodes that came, went, moved, changed, or now lie under or over others. */
export function changes(before: readonly SceneNode[], after: readonly SceneNode[]): readonly Rect[] {
  const old = new Map(before.map((node, at) => [node.id, { node, at }]));
  const kept = new Set(after.map((node) => node.id));
  let dirty: readonly Rect[] = addAll(
    [],
    before.filter((node) => !kept.has(node.id)).map((node) => node.bounds),
  );
  let highest = -1;
  for (const node of after) {
    const was = old.get(node.id);
    if (!was) dirty = addToRegion(dirty, node.bounds);
    else {
      if (!sameRect(was.node.bounds, node.bounds)) dirty = addAll(dirty, [was.node.bounds, node.bounds]);
      else if (!sameKey(was.node.key, node.key)) dirty = addToRegion(dirty, node.bounds);
      else if (was.at < highest) dirty = addToRegion(dirty, node.bounds);
      highest = Math.max(highest, was.at);
    }
  }
  return dirty;
}

const sameKey = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, at) => Object.is(value, b[at]));

function drawPart(pen: Pen, picture: Canvas, bounds: Rect, area: Rect): void {
  const part = intersect(bounds, area);
  pen.drawImage(
    picture,
    part.x - bounds.x,
    part.y - bounds.y,
    part.width,
    part.height,
    part.x,
    part.y,
    part.width,
    part.height,
  );
}
