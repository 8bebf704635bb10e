import type { DeskState } from '../state/desk-state.ts';
import { type Rect, rect } from '../state/geometry.ts';
import { shownInTaskBar } from '../state/hit.ts';
import { clockArea, imeArea, searchField, startButton, taskBar, taskButtons, trayArea } from '../state/layout.ts';
import { focused } from '../state/windows.ts';
import { clockTime, shortDate, text } from '../texts.ts';
import { appIcon, cityMark, glyph } from './icons.ts';
import { box, color, fill, label, outline, type Pen } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

const surface = '#f1f6fe';
const hoverFill = 'rgba(52,96,251,0.12)';

/** The bar and what stands on it; the clock and the input-method mark are nodes of their own, as they change most. */
export function taskBarNodes(state: DeskState): readonly SceneNode[] {
  const { size, hover } = state;
  const bar = taskBar(size);
  const buttons = taskButtons(size, shownInTaskBar(state));
  const top = focused(state.windows);
  const open = state.windows.map((window) => window.app);
  const hovered = hover.type === 'task' ? hover.app : hover.type;
  return [
    {
      id: 'taskBar',
      bounds: bar,
      key: [bar.width, state.startOpen, hovered, top, open.toSorted().join(), state.language],
      cached: true,
      paint: (pen) => {
        pen.translate(-bar.x, -bar.y);
        fill(pen, bar.x, bar.y, bar.width, bar.height, surface);
        fill(pen, bar.x, bar.y, bar.width, 1, '#cddcf5');
        paintStart(pen, startButton(size), hovered === 'start' || state.startOpen);
        paintSearch(pen, searchField(size), state, hovered === 'search');
        for (const [app, area] of buttons) {
          if (hovered === app || app === top) box(pen, area, 6, app === top ? '#ffffff' : hoverFill);
          if (app === top) outline(pen, area, 6, '#d3e0f6');
          appIcon(pen, app, area.x + 8, area.y + 5, 28);
          if (open.includes(app)) {
            const width = app === top ? 18 : 6;
            box(
              pen,
              rect(area.x + (area.width - width) / 2, area.y + area.height - 4, width, 3),
              1.5,
              app === top ? color.blue800 : '#8d99ab',
            );
          }
        }
        const tray = trayArea(size);
        if (hovered === 'tray') box(pen, tray, 6, hoverFill);
        glyph(pen, 'wifi', tray.x + 11, tray.y + 10, color.ink);
        glyph(pen, 'sound', tray.x + 41, tray.y + 10, color.ink);
      },
    },
    imeNode(state, imeArea(size)),
    clockNode(state, clockArea(size)),
  ];
}

function paintStart(pen: Pen, area: Rect, lit: boolean): void {
  if (lit) box(pen, area, 6, hoverFill);
  cityMark(pen, area.x + 8, area.y + 6, 28);
}

function paintSearch(pen: Pen, area: Rect, state: DeskState, lit: boolean): void {
  if (area.width === 0) return;
  box(pen, area, area.height / 2, lit ? '#ffffff' : '#fbfdff');
  outline(pen, area, area.height / 2, '#cfdcf2');
  glyph(pen, 'search', area.x + 12, area.y + 7, color.soft);
  label(pen, text(state.language, 'search'), area.x + 40, area.y + area.height / 2, {
    size: 12.5,
    color: color.faint,
    max: area.width - 54,
  });
}

function imeNode(state: DeskState, area: Rect): SceneNode {
  const lit = state.hover.type === 'ime';
  return {
    id: 'ime',
    bounds: area,
    key: [state.ime.on, lit],
    cached: false,
    paint: (pen) => {
      if (lit) box(pen, rect(0, 0, area.width, area.height), 6, hoverFill);
      label(pen, state.ime.on ? 'あ' : 'A', area.width / 2, area.height / 2, {
        size: 16,
        bold: state.ime.on,
        align: 'center',
        color: state.ime.on ? color.blue800 : color.ink,
      });
    },
  };
}

function clockNode(state: DeskState, area: Rect): SceneNode {
  const time = clockTime(state.language, state.now);
  const date = shortDate(state.language, state.now);
  const lit = state.hover.type === 'clock';
  return {
    id: 'clock',
    bounds: area,
    key: [time, date, lit],
    cached: false,
    paint: (pen) => {
      if (lit) box(pen, rect(0, 0, area.width, area.height), 6, hoverFill);
      label(pen, time, area.width - 12, 12, { size: 12.5, align: 'right' });
      label(pen, date, area.width - 12, 29, { size: 12, align: 'right' });
    },
  };
}
