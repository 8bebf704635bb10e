import {
  addAll,
  addToRegion,
  intersect,
  isEmpty,
  type Point,
  type Rect,
  rect,
  sameRect,
  subtract,
  translate,
} from '../state/geometry.ts';
import type { Copy } from './framebuffer.ts';

/**
 * What one client does not show yet: parts to be sent, and at most one move that it can do by itself first. Moves made
 * before the client could be told are joined to one.
 */
export type Damage = Readonly<{ areas: readonly Rect[]; copy: Copy | undefined }>;

export const noDamage: Damage = { areas: [], copy: undefined };

export const addDamage = (damage: Damage, areas: readonly Rect[]): Damage => ({
  ...damage,
  areas: addAll(damage.areas, areas),
});

/**
 * The picture was moved within itself. What the client lacked in the moved part it now lacks at the new place.
 * Only a move that goes on where the last one ended can be joined to it; any other is sent as pixels.
 */
export function addCopy(damage: Damage, copy: Copy): Damage {
  const by: Point = { x: copy.to.x - copy.from.x, y: copy.to.y - copy.from.y };
  const target = translate(copy.from, by);
  const lacking = damage.areas
    .map((area) => translate(intersect(area, copy.from), by))
    .filter((area) => !isEmpty(area));
  if (!damage.copy) return { areas: addAll(damage.areas, lacking), copy };
  const last = targetOf(damage.copy);
  if (!sameRect(last, copy.from)) return { ...damage, areas: addToRegion(damage.areas, target) };
  // The client never sees the place between, so what it shows there is out of date.
  const left = subtract(last, target);
  return { areas: addAll(addAll(damage.areas, lacking), left), copy: { from: damage.copy.from, to: copy.to } };
}

export const targetOf = ({ from, to }: Copy): Rect => rect(to.x, to.y, from.width, from.height);

/** A client without CopyRect gets the pixels instead. */
export const withoutCopy = (damage: Damage): Damage =>
  damage.copy ? { areas: addToRegion(damage.areas, targetOf(damage.copy)), copy: undefined } : damage;

/** Parts damage into what lies within the areas asked for, and the rest. */
export function takeDamage(
  damage: Damage,
  wanted: readonly Rect[],
): Readonly<{ now: readonly Rect[]; later: readonly Rect[] }> {
  const now = damage.areas.flatMap((area) =>
    wanted.map((one) => intersect(area, one)).filter((part) => !isEmpty(part)),
  );
  const disjoint = addAll([], now);
  let later = damage.areas;
  for (const taken of disjoint) later = later.flatMap((area) => subtract(area, taken));
  return { now: disjoint, later };
}
