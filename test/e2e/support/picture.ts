import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';

export type Picture = Readonly<{ width: number; height: number; at(x: number, y: number): string }>;

/** @param png the bytes of a picture. @returns its pixels as `#rrggbb`. */
async function readPicture(png: Buffer): Promise<Picture> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return {
    width: image.width,
    height: image.height,
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
