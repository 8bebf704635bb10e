import { type Rect, rect } from '../state/geometry.ts';
import { type AppId, titleHeight, type WindowButton, windowButton, windowButtons } from '../state/layout.ts';
import { appIcon } from './icons.ts';
import { box, color, fill, label, type Pen, stroke } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

/** How far a window's shadow reaches; part of its bounds. */
const shadowReach = 44;
const radius = 10;

export type FrameLook = Readonly<{
  app: AppId;
  frame: Rect;
  title: string;
  active: boolean;
  maximised: boolean;
  hover: WindowButton | undefined;
}>;

/** Shadow, rounded white plate, title bar and its buttons; the content lies over it as nodes of its own. */
export function frameNode(look: FrameLook): SceneNode {
  const { app, frame, title, active, maximised, hover } = look;
  const reach = maximised ? 0 : shadowReach;
  return {
    id: `frame:${app}`,
    bounds: rect(frame.x - reach, frame.y - reach, frame.width + 2 * reach, frame.height + 2 * reach),
    key: [frame.width, frame.height, title, active, maximised, hover],
    cached: true,
    paint: (pen) => {
      pen.translate(reach, reach);
      plate(pen, frame, active, maximised);
      titleText(pen, app, frame, title, active);
      for (const button of windowButtons) {
        paintButton(pen, windowButton(rect(0, 0, frame.width, frame.height), button), button, look);
      }
    },
  };
}

function plate(pen: Pen, { width, height }: Rect, active: boolean, maximised: boolean): void {
  const corner = maximised ? 0 : radius;
  if (!maximised) {
    for (const [blur, drop, strength] of active
      ? ([
          [40, 14, 0.34],
          [6, 2, 0.16],
        ] as const)
      : ([
          [24, 8, 0.2],
          [4, 1, 0.12],
        ] as const)) {
      pen.save();
      pen.shadowColor = `rgba(4,20,70,${strength})`;
      pen.shadowBlur = blur;
      pen.shadowOffsetY = drop;
      box(pen, rect(0, 0, width, height), corner, color.white);
      pen.restore();
    }
    box(pen, rect(-1, -1, width + 2, height + 2), corner + 1, active ? 'rgba(9,32,92,0.30)' : 'rgba(9,32,92,0.20)');
  }
  pen.save();
  pen.beginPath();
  pen.roundRect(0, 0, width, height, corner);
  pen.clip();
  fill(pen, 0, 0, width, height, color.white);
  fill(pen, 0, 0, width, titleHeight, active ? '#eaf1fe' : '#f3f5f9');
  pen.restore();
}

function titleText(pen: Pen, app: AppId, { width }: Rect, title: string, active: boolean): void {
  appIcon(pen, app, 11, 9, 18);
  label(pen, title, 38, titleHeight / 2, {
    size: 12.5,
    color: active ? color.ink : color.faint,
    max: width - 38 - 3 * 46 - 12,
  });
}

function paintButton(pen: Pen, area: Rect, button: WindowButton, look: FrameLook): void {
  const hovered = look.hover === button;
  if (hovered) {
    pen.save();
    pen.beginPath();
    pen.roundRect(
      area.x,
      area.y,
      area.width,
      area.height,
      button === 'close' && !look.maximised ? [0, radius, 0, 0] : 0,
    );
    pen.clip();
    fill(pen, area.x, area.y, area.width, area.height, button === 'close' ? '#d92a2a' : 'rgba(9,32,92,0.10)');
    pen.restore();
  }
  const style = hovered && button === 'close' ? color.white : look.active ? color.ink : color.faint;
  const x = area.x + area.width / 2;
  const y = area.y + area.height / 2;
  switch (button) {
    case 'minimise':
      stroke(pen, [x - 5, y + 0.5, x + 5, y + 0.5], style, 1);
      return;
    case 'maximise':
      if (!look.maximised) {
        square(pen, x - 4.5, y - 4.5, 9, style);
        return;
      }
      square(pen, x - 5, y - 2.5, 7, style);
      stroke(pen, [x - 2.5, y - 5, x + 4.5, y - 5, x + 4.5, y + 2], style, 1);
      return;
    case 'close':
      stroke(pen, [x - 4.5, y - 4.5, x + 4.5, y + 4.5], style, 1.1);
      stroke(pen, [x + 4.5, y - 4.5, x - 4.5, y + 4.5], style, 1.1);
  }
}

const square = (pen: Pen, x: number, y: number, side: number, style: string): void =>
  stroke(pen, [x, y, x + side, y, x + side, y + side, x, y + side, x, y], style, 1);

/** Content keeps inside the window's rounded lower corners. */
export function clipBody(pen: Pen, width: number, height: number, maximised: boolean): void {
  pen.beginPath();
  pen.roundRect(0, 0, width, height, maximised ? 0 : [0, 0, radius, radius]);
  pen.clip();
}
