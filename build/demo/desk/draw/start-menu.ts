import type { DeskState } from '../state/desk-state.ts';
import { grow, rect } from '../state/geometry.ts';
import { startItems, startMenu } from '../state/layout.ts';
import { shortTime, text } from '../texts.ts';
import { appTitles } from './app-titles.ts';
import { appIcon, glyph } from './icons.ts';
import { box, color, disc, fill, label, outline, type Pen } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

const reach = 40;

export function startMenuNodes(state: DeskState): readonly SceneNode[] {
  if (!state.startOpen) return [];
  const menu = startMenu(state.size);
  const hovered = state.hover.type === 'startItem' ? state.hover.app : undefined;
  return [
    {
      id: 'startMenu',
      bounds: grow(menu, reach),
      key: [menu.width, menu.height, hovered, state.language],
      cached: true,
      paint: (pen) => {
        pen.translate(reach - menu.x, reach - menu.y);
        pen.save();
        pen.shadowColor = 'rgba(4,20,70,0.32)';
        pen.shadowBlur = 36;
        pen.shadowOffsetY = 10;
        box(pen, menu, 12, '#f8fafe');
        pen.restore();
        outline(pen, menu, 12, 'rgba(9,32,92,0.16)');
        const search = rect(menu.x + 24, menu.y + 22, menu.width - 48, 38);
        box(pen, search, 19, color.white);
        outline(pen, search, 19, '#cfdcf2');
        glyph(pen, 'search', search.x + 14, search.y + 9, color.soft);
        label(pen, text(state.language, 'search'), search.x + 44, search.y + 19, { size: 13, color: color.faint });
        label(pen, text(state.language, 'startPinned'), menu.x + 28, menu.y + 86, { size: 13, bold: true });
        for (const [app, area] of startItems(state.size)) {
          if (app === hovered) box(pen, area, 8, color.blue50);
          appIcon(pen, app, area.x + (area.width - 40) / 2, area.y + 10, 40);
          label(pen, text(state.language, appTitles[app].name), area.x + area.width / 2, area.y + 69, {
            size: 12,
            align: 'center',
            max: area.width - 8,
          });
        }
        paintRecent(pen, state, menu.y + 318);
        paintUser(pen, state);
      },
    },
  ];
}

function paintRecent(pen: Pen, state: DeskState, top: number): void {
  const menu = startMenu(state.size);
  label(pen, text(state.language, 'startRecent'), menu.x + 28, top, { size: 13, bold: true });
  for (const [at, app] of (['writer', 'sheet'] as const).entries()) {
    const x = menu.x + 28 + at * 228;
    appIcon(pen, app, x, top + 24, 34);
    label(pen, text(state.language, appTitles[app].title), x + 44, top + 33, { size: 12.5, max: 170 });
    label(pen, shortTime(state.chat.lines[at]?.at ?? state.now), x + 44, top + 52, { size: 11, color: color.faint });
  }
}

function paintUser(pen: Pen, state: DeskState): void {
  const menu = startMenu(state.size);
  const top = menu.y + menu.height - 62;
  fill(pen, menu.x + 1, top, menu.width - 2, 1, color.line);
  disc(pen, menu.x + 46, top + 31, 17, color.blue600);
  const name = text(state.language, 'startUser');
  label(pen, [...name][0] ?? '', menu.x + 46, top + 31, { size: 15, bold: true, align: 'center', color: color.white });
  label(pen, name, menu.x + 76, top + 31, { size: 13 });
  glyph(pen, 'power', menu.x + menu.width - 52, top + 21, color.ink);
}
