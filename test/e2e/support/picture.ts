import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';

export type Picture = Readonly<{
  width: number;
  height: number;
  at(x: number, y: number): string;
  /** Rows of R, G, B, 255. */
  rgba: Uint8ClampedArray;
}>;

/** @param png the bytes of a picture. @returns its pixels as `#rrggbb`. */
export async function readPicture(png: Buffer): Promise<Picture> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return {
    width: image.width,
    height: image.height,
    rgba: data,
    at: (x, y) => {
      const offset = (y * image.width + x) * 4;
      return `#${[0, 1, 2].map((part) => data[offset + part]!.toString(16).padStart(2, '0')).join('')}`;
    },
  };
}

export async function screenshot(page: Page): Promise<Picture> {
  return readPicture(await page.screenshot());
}

/** Where the desk's picture starts and how big it is inside the window, CSS pixels. */
export async function screenBox(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('iframe').boundingBox();
  if (!box) throw new Error('there is no screen frame');
  return box;
}

/** Where the upper left corner of a desk of that size is in the window, shown 1:1: in the middle of what is free. */
export async function deskOrigin(page: Page, desk: Readonly<{ width: number; height: number }>) {
  const box = await screenBox(page);
  const start = (from: number, room: number, size: number) => from + Math.max(0, Math.floor((room - size) / 2));
  return { x: start(box.x, box.width, desk.width), y: start(box.y, box.height, desk.height) };
}

/** `differing`: pixels that are not exactly alike. `mean`: of all parts, of 255. `far`: share of pixels more than 48 off. */
export type Difference = Readonly<{ differing: number; mean: number; far: number }>;

/** How much the window's picture of the desk is not `desk`. */
export async function differenceFrom(page: Page, desk: Picture): Promise<Difference> {
  const box = await screenBox(page);
  const seen = await screenshot(page);
  const { x: left, y: top } = await deskOrigin(page, desk);
  let [differing, sum, far, count] = [0, 0, 0, 0];
  for (let y = 0; y < desk.height && top + y < box.y + box.height; y += 1) {
    for (let x = 0; x < desk.width && left + x < box.x + box.width; x += 1) {
      const [at, there] = [((top + y) * seen.width + left + x) * 4, (y * desk.width + x) * 4];
      let most = 0;
      for (let part = 0; part < 3; part += 1) {
        const off = Math.abs(seen.rgba[at + part]! - desk.rgba[there + part]!);
        sum += off;
        most = Math.max(most, off);
      }
      count += 1;
      if (most > 0) differing += 1;
      if (most > 48) far += 1;
    }
  }
  return { differing, mean: sum / count / 3, far: far / count };
}
