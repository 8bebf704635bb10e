import { contains, type Point, type Rect, rect, type Size } from './geometry.ts';

/** The spreadsheet: one fixed table whose column "online" breathes, and the cell that is selected. */
export type Cell = Readonly<{ row: number; column: number }>;
export type Sheet = Readonly<{
  selected: Cell;
  live: readonly number[];
  /** What `live` was before the last change: the bars glide from there. */
  before: readonly number[];
  changedAt: number;
  /** Which step of the walk comes next: the figures follow a fixed, repeatable pattern. */
  step: number;
}>;

const staff = [64, 42, 118, 96, 73, 38, 85] as const;
export const laptops = [40, 32, 60, 48, 36, 18, 46] as const;
const firstLive = [24, 23, 31, 19, 21, 9, 27] as const;

export const sheetEveryMs = 4000;
export const glideMs = 700;
const firstRow = 2;

export function firstSheet(now: number): Sheet {
  return { selected: { row: firstRow + 1, column: 3 }, live: firstLive, before: firstLive, changedAt: now, step: 0 };
}

/** One more step of the walk: one department gains or loses a few connections. */
export function stepSheet(sheet: Sheet, now: number): Sheet {
  const step = sheet.step + 1;
  // A small linear congruence: lively to the eye, the same in every run.
  const noise = (step * 1_103_515_245 + 12_345) >>> 8;
  const department = noise % sheet.live.length;
  const by = ((noise >>> 5) % 5) - 2 || 1;
  const live = sheet.live.map((value, at) =>
    at === department ? Math.max(2, Math.min(laptops[at] ?? 20, value + by)) : value,
  );
  return { ...sheet, live, before: sheet.live, changedAt: now, step };
}

/** The bars' heights at `now`, between the old and the new figures. */
export function glidingLive(sheet: Sheet, now: number): readonly number[] {
  const part = Math.max(0, Math.min(1, (now - sheet.changedAt) / glideMs));
  const eased = 1 - (1 - part) ** 3;
  return sheet.live.map((value, at) => (sheet.before[at] ?? value) + (value - (sheet.before[at] ?? value)) * eased);
}

export const isGliding = (sheet: Sheet, now: number): boolean =>
  sheet.before !== sheet.live && now - sheet.changedAt < glideMs;

export const sheetTools = 44;
export const formulaBar = 30;
export const headerHeight = 24;
export const rowHeight = 27;
export const rowHeader = 34;
export const sheetTabs = 30;
const dataColumns = [112, 62, 72, 66, 66] as const;
const emptyColumn = 76;

export const rowCount = 40;
export const columnCount = 14;

export function columnX(column: number): number {
  let x = rowHeader;
  for (let at = 0; at < column; at++) x += columnWidth(at);
  return x;
}
export const columnWidth = (column: number): number => dataColumns[column] ?? emptyColumn;

/** The grid with its headers, in coordinates of the window's body. */
export const gridArea = (body: Size): Rect =>
  rect(0, sheetTools + formulaBar, body.width, Math.max(0, body.height - sheetTools - formulaBar - sheetTabs));

export function cellRect(body: Size, cell: Cell): Rect {
  const grid = gridArea(body);
  return rect(columnX(cell.column), grid.y + headerHeight + cell.row * rowHeight, columnWidth(cell.column), rowHeight);
}

/** The chart floats over the empty columns at the right. */
export function chartArea(body: Size): Rect {
  const grid = gridArea(body);
  const x = columnX(dataColumns.length) + 14;
  return rect(
    x,
    grid.y + headerHeight + 14,
    Math.max(0, grid.width - x - 14),
    Math.max(0, Math.min(252, grid.height - headerHeight - 28)),
  );
}

export function cellAt(body: Size, point: Point): Cell | undefined {
  const grid = gridArea(body);
  if (!contains(grid, point) || contains(chartArea(body), point)) return undefined;
  const row = Math.floor((point.y - grid.y - headerHeight) / rowHeight);
  for (let column = 0; column < columnCount; column++) {
    const x = columnX(column);
    if (row >= 0 && point.x >= x && point.x < x + columnWidth(column)) return { row, column };
  }
  return undefined;
}

export function moveCell(sheet: Sheet, dx: number, dy: number): Sheet {
  const row = Math.max(0, Math.min(rowCount - 1, sheet.selected.row + dy));
  const column = Math.max(0, Math.min(columnCount - 1, sheet.selected.column + dx));
  return { ...sheet, selected: { row, column } };
}

export type CellValue = Readonly<{
  text: string;
  formula?: string;
  kind: 'title' | 'head' | 'name' | 'number' | 'total';
}>;

/** @param words texts of the table: title, columns, departments and the word for the total. */
export function cellValue(
  sheet: Sheet,
  words: Readonly<{ title: string; columns: readonly string[]; rows: readonly string[]; total: string }>,
  { row, column }: Cell,
): CellValue | undefined {
  if (row === 0) return column === 0 ? { text: words.title, kind: 'title' } : undefined;
  if (column >= dataColumns.length) return undefined;
  if (row === 1) return { text: words.columns[column] ?? '', kind: 'head' };
  const department = row - firstRow;
  const last = words.rows.length;
  if (department > last) return undefined;
  const isTotal = department === last;
  if (column === 0)
    return { text: isTotal ? words.total : (words.rows[department] ?? ''), kind: isTotal ? 'total' : 'name' };
  const kind = isTotal ? 'total' : 'number';
  const figure = (values: readonly number[]): number =>
    isTotal ? values.reduce((sum, value) => sum + value, 0) : (values[department] ?? 0);
  if (column === 4) {
    const use = (figure(sheet.live) / figure(laptops)) * 100;
    return { text: `${use.toFixed(1)}%`, formula: `=D${row + 1}/C${row + 1}`, kind };
  }
  const value = figure([staff, laptops, sheet.live][column - 1] ?? []);
  const letter = String.fromCharCode(65 + column);
  return { text: String(value), ...(isTotal ? { formula: `=SUM(${letter}3:${letter}${row})` } : {}), kind };
}
