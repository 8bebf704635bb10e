import type { DeskState } from '../state/desk-state.ts';
import { type Rect, rect, type Size } from '../state/geometry.ts';
import { bodyOf } from '../state/layout.ts';
import {
  cellRect,
  cellValue,
  chartArea,
  columnCount,
  columnWidth,
  columnX,
  formulaBar,
  glidingLive,
  gridArea,
  headerHeight,
  rowCount,
  rowHeader,
  rowHeight,
  sheetTabs,
  sheetTools,
} from '../state/sheet.ts';
import { type DeskWindow, focused, frameOf } from '../state/windows.ts';
import { list, longDate, text } from '../texts.ts';
import { clipBody } from './frame.ts';
import { type Glyph, glyph } from './icons.ts';
import { box, color, fill, label, outline, type Pen, stroke } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

export function sheetNodes(state: DeskState, window: DeskWindow): readonly SceneNode[] {
  const body = bodyOf(frameOf(window, state.size));
  const active = focused(state.windows) === 'sheet';
  const { sheet, language } = state;
  const grid: SceneNode = {
    id: 'sheet:content',
    bounds: body,
    key: [body.width, body.height, sheet.live, sheet.selected, active, language, window.maximised],
    cached: true,
    paint: (pen) => {
      clipBody(pen, body.width, body.height, window.maximised);
      paintTools(pen, body);
      paintFormula(pen, body, state);
      paintGrid(pen, body, state, active);
      paintTabs(pen, body, state);
    },
  };
  const chart = chartArea(body);
  if (chart.width < 120 || chart.height < 110) return [grid];
  const bars = glidingLive(sheet, state.now).map((value) => Math.round(value * 10) / 10);
  return [
    grid,
    {
      id: 'sheet:chart',
      bounds: rect(body.x + chart.x, body.y + chart.y, chart.width, chart.height),
      key: [chart.width, chart.height, bars.join(), language],
      cached: false,
      paint: (pen) => paintChart(pen, chart, bars, state),
    },
  ];
}

const words = (state: DeskState) => ({
  title: text(state.language, 'sheetTitle', { today: longDate(state.language, state.now) }),
  columns: list(state.language, 'sheetColumns'),
  rows: list(state.language, 'sheetRows'),
  total: text(state.language, 'sheetTotal'),
});

function paintTools(pen: Pen, body: Size): void {
  fill(pen, 0, 0, body.width, sheetTools, color.panel);
  const tools: readonly (Glyph | undefined)[] = [
    'save',
    'undo',
    'redo',
    undefined,
    'alignLeft',
    'alignCentre',
    'alignRight',
    undefined,
    'table',
    'chart',
    'filter',
    undefined,
    'comment',
    'more',
  ];
  let x = 16;
  for (const tool of tools) {
    if (tool === undefined) fill(pen, x - 3, 12, 1, 20, color.line);
    else glyph(pen, tool, x, 12, tool === 'chart' ? color.green800 : color.soft);
    x += tool === undefined ? 14 : 32;
  }
}

const cellName = ({ row, column }: Readonly<{ row: number; column: number }>): string =>
  `${String.fromCharCode(65 + column)}${row + 1}`;

function paintFormula(pen: Pen, body: Size, state: DeskState): void {
  const top = sheetTools;
  fill(pen, 0, top, body.width, formulaBar, color.white);
  fill(pen, 0, top, body.width, 1, color.line);
  const middle = top + formulaBar / 2;
  label(pen, cellName(state.sheet.selected), 40, middle, { size: 12.5, align: 'center' });
  fill(pen, 78, top + 6, 1, formulaBar - 12, color.line);
  label(pen, 'fx', 98, middle, { size: 13, serif: true, color: color.faint, align: 'center' });
  fill(pen, 117, top + 6, 1, formulaBar - 12, color.line);
  const value = cellValue(state.sheet, words(state), state.sheet.selected);
  label(pen, value?.formula ?? value?.text ?? '', 130, middle, { size: 12.5, max: body.width - 150 });
}

function paintGrid(pen: Pen, body: Size, state: DeskState, active: boolean): void {
  const grid = gridArea(body);
  const { selected } = state.sheet;
  pen.save();
  pen.beginPath();
  pen.rect(grid.x, grid.y, grid.width, grid.height);
  pen.clip();
  fill(pen, grid.x, grid.y, grid.width, grid.height, color.white);
  const top = grid.y + headerHeight;
  paintFills(pen, body, state);
  for (let row = 0; row <= rowCount; row++) fill(pen, 0, top + row * rowHeight - 1, grid.width, 1, color.grid);
  for (let column = 1; column <= columnCount; column++) fill(pen, columnX(column) - 1, top, 1, grid.height, color.grid);
  fill(pen, rowHeader, top + 1, grid.width, rowHeight - 2, color.white);
  paintValues(pen, body, state);
  paintHeaders(pen, grid, selected);
  const cell = cellRect(body, selected);
  const mark = active ? color.green600 : '#8fa99b';
  outline(pen, rect(cell.x - 2, cell.y - 2, cell.width + 3, cell.height + 3), 0, mark, 2);
  fill(pen, cell.x + cell.width - 3, cell.y + cell.height - 3, 6, 6, color.white);
  fill(pen, cell.x + cell.width - 2, cell.y + cell.height - 2, 5, 5, mark);
  pen.restore();
}

function paintFills(pen: Pen, body: Size, state: DeskState): void {
  const last = list(state.language, 'sheetRows').length + 2;
  for (let column = 0; column < 5; column++) {
    const head = cellRect(body, { row: 1, column });
    fill(pen, head.x, head.y, head.width, head.height, color.green50);
    const total = cellRect(body, { row: last, column });
    fill(pen, total.x, total.y, total.width, total.height, '#f4f7fb');
  }
}

function paintValues(pen: Pen, body: Size, state: DeskState): void {
  const language = words(state);
  for (let row = 0; row < language.rows.length + 3; row++) {
    for (let column = 0; column < 5; column++) {
      const value = cellValue(state.sheet, language, { row, column });
      if (!value) continue;
      const cell = cellRect(body, { row, column });
      const middle = cell.y + cell.height / 2;
      if (value.kind === 'title') label(pen, value.text, cell.x + 8, middle, { size: 14, bold: true });
      else if (value.kind === 'head') {
        label(pen, value.text, cell.x + cell.width / 2, middle, {
          size: 12.5,
          bold: true,
          align: 'center',
          color: color.green800,
        });
      } else if (column === 0) label(pen, value.text, cell.x + 8, middle, { size: 12.5, bold: value.kind === 'total' });
      else
        label(pen, value.text, cell.x + cell.width - 9, middle, {
          size: 12.5,
          align: 'right',
          bold: value.kind === 'total',
        });
    }
  }
}

function paintHeaders(pen: Pen, grid: Rect, selected: Readonly<{ row: number; column: number }>): void {
  fill(pen, 0, grid.y, grid.width, headerHeight, color.panel);
  fill(pen, 0, grid.y + headerHeight, rowHeader, grid.height, color.panel);
  for (let column = 0; column < columnCount; column++) {
    const x = columnX(column);
    if (x > grid.width) break;
    const width = columnWidth(column);
    const on = column === selected.column;
    if (on) fill(pen, x, grid.y, width, headerHeight, '#d3eadd');
    label(pen, String.fromCharCode(65 + column), x + width / 2, grid.y + headerHeight / 2, {
      size: 11.5,
      align: 'center',
      color: on ? color.green800 : color.soft,
    });
    fill(pen, x + width - 1, grid.y + 5, 1, headerHeight - 10, color.line);
  }
  for (let row = 0; row < rowCount; row++) {
    const y = grid.y + headerHeight + row * rowHeight;
    if (y > grid.y + grid.height) break;
    const on = row === selected.row;
    if (on) fill(pen, 0, y, rowHeader, rowHeight, '#d3eadd');
    label(pen, String(row + 1), rowHeader / 2, y + rowHeight / 2, {
      size: 11.5,
      align: 'center',
      color: on ? color.green800 : color.soft,
    });
  }
  fill(pen, 0, grid.y, grid.width, 1, color.line);
  fill(pen, 0, grid.y + headerHeight - 1, grid.width, 1, '#cfd7e3');
  fill(pen, rowHeader - 1, grid.y, 1, grid.height, '#cfd7e3');
}

function paintTabs(pen: Pen, body: Size, state: DeskState): void {
  const top = body.height - sheetTabs;
  fill(pen, 0, top, body.width, sheetTabs, color.panel);
  fill(pen, 0, top, body.width, 1, color.line);
  let x = 14;
  for (const [at, name] of list(state.language, 'sheetTabs').entries()) {
    pen.font = '12.5px sans-serif';
    label(pen, name, x + 14, top + sheetTabs / 2, {
      size: 12.5,
      bold: at === 0,
      color: at === 0 ? color.green800 : color.soft,
    });
    const width = pen.measureText(name).width + 28;
    if (at === 0) {
      box(pen, rect(x, top, width, sheetTabs - 4), [0, 0, 6, 6] as unknown as number, color.white);
      label(pen, name, x + 14, top + sheetTabs / 2 - 1, { size: 12.5, bold: true, color: color.green800 });
      box(pen, rect(x + 10, top + sheetTabs - 7, width - 20, 2.5), 1, color.green600);
    }
    x += width + 4;
  }
  const sum = state.sheet.live.reduce((all, value) => all + value, 0);
  label(pen, text(state.language, 'sheetSum', { sum }), body.width - 16, top + sheetTabs / 2, {
    size: 11.5,
    align: 'right',
    color: color.soft,
  });
}

function paintChart(pen: Pen, chart: Rect, bars: readonly number[], state: DeskState): void {
  const area = rect(0, 0, chart.width, chart.height);
  fill(pen, 0, 0, area.width, area.height, color.white);
  outline(pen, area, 0, '#c9d2e0');
  label(pen, text(state.language, 'chartTitle'), 14, 20, { size: 12.5, bold: true, max: area.width - 28 });
  const most = 35;
  const bottom = area.height - 30;
  const top = 44;
  const left = 30;
  const y = (value: number): number => bottom - (value / most) * (bottom - top);
  for (const step of [0, 10, 20, 30]) {
    fill(pen, left, Math.round(y(step)), area.width - left - 12, 1, step === 0 ? '#aab4c3' : color.grid);
    label(pen, String(step), left - 6, y(step), { size: 10, align: 'right', color: color.faint });
  }
  const space = (area.width - left - 12) / bars.length;
  const width = Math.min(26, space * 0.62);
  for (const [at, value] of bars.entries()) {
    const x = left + at * space + (space - width) / 2;
    box(pen, rect(x, y(value), width, bottom - y(value)), 2, at === 1 ? color.green600 : '#71c598');
    label(pen, String(Math.round(value)), x + width / 2, y(value) - 8, {
      size: 10,
      align: 'center',
      color: color.soft,
    });
    const name = list(state.language, 'sheetRows')[at] ?? '';
    label(pen, [...name].slice(0, state.language === 'ja' ? 2 : 3).join(''), x + width / 2, bottom + 14, {
      size: 10,
      align: 'center',
      color: color.soft,
    });
  }
  stroke(pen, [left, bottom, area.width - 12, bottom], '#aab4c3', 1);
}
