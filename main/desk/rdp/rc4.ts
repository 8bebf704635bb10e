/** RC4 (RFC 6229 gives its vectors), keeping its state: NTLM seals a whole conversation with one. Electron's crypto library has none. */
export function createRc4(key: Uint8Array): (bytes: Uint8Array) => Buffer {
  const state = new Uint8Array(256).map((_, index) => index);
  const swap = (i: number, j: number) => {
    const held = state[i] ?? 0;
    state[i] = state[j] ?? 0;
    state[j] = held;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let x = 0;
  let y = 0;
  return (bytes) => {
    const out = Buffer.alloc(bytes.length);
    for (const [index, byte] of bytes.entries()) {
      x = (x + 1) & 255;
      y = (y + (state[x] ?? 0)) & 255;
      swap(x, y);
      out[index] = byte ^ (state[((state[x] ?? 0) + (state[y] ?? 0)) & 255] ?? 0);
    }
    return out;
  };
}
