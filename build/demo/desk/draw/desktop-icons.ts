import type { DeskState } from '../state/desk-state.ts';
import { iconCell, icons } from '../state/layout.ts';
import { text } from '../texts.ts';
import { appTitles } from './app-titles.ts';
import { appIcon } from './icons.ts';
import { box, label, outline } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

export function desktopIconNodes(state: DeskState): readonly SceneNode[] {
  return icons.map((icon, at) => {
    const cell = iconCell(at);
    const local = { x: 0, y: 0, width: cell.width, height: cell.height };
    const lit = state.hover.type === 'icon' && state.hover.icon === icon;
    const selected = state.selectedIcon === icon;
    return {
      id: `icon:${icon}`,
      bounds: cell,
      key: [lit, selected, state.language],
      cached: true,
      paint: (pen) => {
        if (lit || selected) box(pen, local, 8, selected ? 'rgba(255,255,255,0.34)' : 'rgba(255,255,255,0.2)');
        if (selected) outline(pen, local, 8, 'rgba(255,255,255,0.6)');
        appIcon(pen, icon, (cell.width - 48) / 2, 10, 48);
        pen.shadowColor = 'rgba(0,20,80,0.75)';
        pen.shadowBlur = 5;
        pen.shadowOffsetY = 1;
        label(pen, text(state.language, icon === 'bin' ? 'iconBin' : appTitles[icon].name), cell.width / 2, 76, {
          size: 12.5,
          align: 'center',
          color: '#ffffff',
          bold: true,
          max: cell.width + 8,
        });
      },
    };
  });
}
