/**
 * Takes a stream of bytes apart into lines, wherever it is split. A line that is longer than allowed is left out as a whole,
 * so that memory stays bounded whatever comes. Lines are Latin-1: what is read here is ASCII where it counts, and no
 * character can be torn.
 */
export function createLineReader(longest: number, onLine: (line: string) => void): (chunk: Uint8Array) => void {
  let rest = '';
  let tooLong = false;
  return (chunk) => {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, to);
      const good = !tooLong && line.length <= longest;
      from = to + 1;
      rest = '';
      tooLong = false;
      if (good) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    if (tooLong) return;
    rest += text.slice(from);
    if (rest.length > longest) {
      rest = '';
      tooLong = true;
    }
  };
}
