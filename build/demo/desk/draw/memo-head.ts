import type { DeskState } from '../state/desk-state.ts';
import { type Rect, rect } from '../state/geometry.ts';
import { list, longDate, text } from '../texts.ts';
import { color, fill, label, outline, type Pen, serifFont } from './pen.ts';

const rule = '#3b4252';

/** The fixed head of the memo: title, a table of particulars, and the boxes that approvers stamp. */
export function memoHead(pen: Pen, column: Rect, state: DeskState): void {
  const { language } = state;
  const { x, y, width } = column;
  label(pen, text(language, 'memoTitle'), x + width / 2, y + 14, {
    size: 23,
    bold: true,
    serif: true,
    align: 'center',
  });
  label(pen, text(language, 'memoOffice'), x + width, y + 14, {
    size: 13,
    serif: true,
    align: 'right',
    color: color.soft,
  });
  const stampWidth = width > 460 ? 54 : 42;
  const stampsX = x + width - 4 * stampWidth;
  const tableWidth = width - 4 * stampWidth - 14;
  const top = y + 48;
  const rowHeight = 29;
  const particulars = [
    [text(language, 'memoNumber'), text(language, 'memoNumberValue')],
    [text(language, 'memoDate'), longDate(language, state.now)],
    [text(language, 'memoAuthor'), text(language, 'memoAuthorValue')],
  ] as const;
  for (const [at, [name, value]] of particulars.entries()) {
    particular(pen, rect(x, top + at * rowHeight, tableWidth, rowHeight + 1), name, value);
  }
  stamps(pen, rect(stampsX, top, stampWidth, 3 * rowHeight + 1), state);
  particular(
    pen,
    rect(x, top + 3 * rowHeight + 12, width, 36),
    text(language, 'memoSubject'),
    text(language, 'memoSubjectValue'),
    true,
  );
}

function particular(pen: Pen, area: Rect, name: string, value: string, large = false): void {
  const nameWidth = 78;
  fill(pen, area.x, area.y, nameWidth, area.height, '#f1f4f9');
  outline(pen, area, 0, rule);
  fill(pen, area.x + nameWidth, area.y, 1, area.height, rule);
  const middle = area.y + area.height / 2;
  label(pen, name, area.x + nameWidth / 2, middle, { size: 12.5, serif: true, align: 'center' });
  label(pen, value, area.x + nameWidth + 12, middle, {
    size: large ? 15 : 13,
    bold: large,
    serif: true,
    max: area.width - nameWidth - 18,
  });
}

function stamps(pen: Pen, first: Rect, state: DeskState): void {
  const names = list(state.language, 'stampNames');
  for (const [at, title] of list(state.language, 'stamps').entries()) {
    const area = rect(first.x + at * first.width, first.y, first.width + (at < 3 ? 1 : 0), first.height);
    fill(pen, area.x, area.y, area.width, 22, '#f1f4f9');
    outline(pen, area, 0, rule);
    fill(pen, area.x, area.y + 22, area.width, 1, rule);
    label(pen, title, area.x + area.width / 2, area.y + 11.5, { size: 12, serif: true, align: 'center' });
    const name = names[at];
    if (name)
      seal(
        pen,
        name,
        area.x + area.width / 2,
        area.y + 23 + (area.height - 23) / 2,
        Math.min(21, area.width / 2 - 3),
        at,
      );
  }
}

/** A personal seal: a red ring with the name, never quite straight. */
function seal(pen: Pen, name: string, x: number, y: number, radius: number, at: number): void {
  pen.save();
  pen.translate(x, y);
  pen.rotate((at - 2) * 0.09);
  pen.strokeStyle = color.stamp;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(0, 0, radius, 0, Math.PI * 2);
  pen.stroke();
  pen.fillStyle = color.stamp;
  pen.textAlign = 'center';
  pen.textBaseline = 'alphabetic';
  const chars = [...name];
  if (chars.length === 2) {
    pen.font = serifFont(15, true);
    pen.fillText(chars[0]!, 0, -1);
    pen.fillText(chars[1]!, 0, 14);
  } else {
    const size = Math.min(9.5, (2 * radius - 6) / (0.62 * chars.length));
    pen.font = serifFont(size, true);
    pen.fillText(name, 0, size * 0.36);
  }
  pen.restore();
}
