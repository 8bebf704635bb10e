import { renderSVG, renderUnicodeCompact } from 'uqr';

/** For a terminal: two rows of modules a line, light modules in the terminal's foreground colour. */
export function qrText(content: string): string {
  return renderUnicodeCompact(content, { ecc: 'L', border: 2 });
}

/** For print. The quiet zone has the four modules that ISO/IEC 18004 asks for. */
export function qrSvg(content: string): string {
  return `${renderSVG(content, { ecc: 'M', border: 4 })}\n`;
}

/** In groups of four characters, `groups` a line: for comparing by eye. */
export function inGroups(text: string, groups: number): string {
  const parts = text.match(/.{1,4}/g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < parts.length; at += groups) lines.push(parts.slice(at, at + groups).join(' '));
  return lines.join('\n');
}
