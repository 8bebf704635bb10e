import type { DeskState } from '../state/desk-state.ts';
import { bodyOf } from '../state/layout.ts';
import { sampleButton } from '../state/pointer.ts';
import { type DeskWindow, frameOf } from '../state/windows.ts';
import { breakLines } from '../state/writer-view.ts';
import { text } from '../texts.ts';
import { appTitles } from './app-titles.ts';
import { clipBody } from './frame.ts';
import { appIcon } from './icons.ts';
import { box, color, fill, label, sansFont } from './pen.ts';
import type { SceneNode } from './scene-node.ts';
import { textWidth } from './text-width.ts';

/** What opens for an application that the demo does not have: it says so. */
export function sampleNodes(state: DeskState, window: DeskWindow): readonly SceneNode[] {
  const body = bodyOf(frameOf(window, state.size));
  const { language } = state;
  return [
    {
      id: `sample:${window.app}`,
      bounds: body,
      key: [body.width, body.height, language, window.maximised],
      cached: true,
      paint: (pen) => {
        clipBody(pen, body.width, body.height, window.maximised);
        fill(pen, 0, 0, body.width, body.height, color.white);
        appIcon(pen, window.app, 28, 30, 56);
        label(pen, text(language, appTitles[window.app].name), 104, 44, { size: 17, bold: true });
        const note = text(language, 'sampleNote');
        const lines = breakLines(note, body.width - 104 - 28, (part) => textWidth(part, sansFont(13)));
        for (const [at, line] of lines.entries()) {
          label(pen, note.slice(line.start, line.end), 104, 76 + at * 22, { size: 13, color: color.soft });
        }
        const button = sampleButton(body);
        box(pen, button, 6, color.blue900);
        label(pen, text(language, 'sampleButton'), button.x + button.width / 2, button.y + button.height / 2, {
          size: 13,
          bold: true,
          color: color.white,
          align: 'center',
        });
      },
    },
  ];
}
