/** Plain text with a caret, counted in UTF-16 units but never left inside a surrogate pair. */
export type TextBuffer = Readonly<{ text: string; caret: number }>;

export const textBuffer = (text: string, caret = text.length): TextBuffer => ({ text, caret });

/** Longest text a window keeps: what a held key can do in a day must not grow without bound. */
const maxLength = 20_000;

export function insert(buffer: TextBuffer, added: string): TextBuffer {
  const room = Math.max(0, maxLength - buffer.text.length);
  const cut = added.slice(0, room);
  if (cut === '') return buffer;
  return {
    text: buffer.text.slice(0, buffer.caret) + cut + buffer.text.slice(buffer.caret),
    caret: buffer.caret + cut.length,
  };
}

export function eraseBack(buffer: TextBuffer): TextBuffer {
  const start = before(buffer);
  return { text: buffer.text.slice(0, start) + buffer.text.slice(buffer.caret), caret: start };
}

export function eraseForward(buffer: TextBuffer): TextBuffer {
  return { text: buffer.text.slice(0, buffer.caret) + buffer.text.slice(after(buffer)), caret: buffer.caret };
}

export type CaretMove = 'left' | 'right' | 'home' | 'end' | 'start' | 'finish';

export function moveCaret(buffer: TextBuffer, move: CaretMove): TextBuffer {
  return { text: buffer.text, caret: target(buffer, move) };
}

export const setCaret = (buffer: TextBuffer, caret: number): TextBuffer => ({
  text: buffer.text,
  caret: Math.min(Math.max(0, caret), buffer.text.length),
});

function target(buffer: TextBuffer, move: CaretMove): number {
  switch (move) {
    case 'left':
      return before(buffer);
    case 'right':
      return after(buffer);
    case 'home':
      return buffer.caret === 0 ? 0 : buffer.text.lastIndexOf('\n', buffer.caret - 1) + 1;
    case 'end': {
      const end = buffer.text.indexOf('\n', buffer.caret);
      return end < 0 ? buffer.text.length : end;
    }
    case 'start':
      return 0;
    case 'finish':
      return buffer.text.length;
  }
}

function before({ text, caret }: TextBuffer): number {
  if (caret < 2) return Math.max(0, caret - 1);
  return caret - ((text.codePointAt(caret - 2) ?? 0) > 0xffff ? 2 : 1);
}

function after({ text, caret }: TextBuffer): number {
  return Math.min(text.length, caret + ((text.codePointAt(caret) ?? 0) > 0xffff ? 2 : 1));
}
