/** A CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) with a time and these names. @param names by AV_PAIR id. @param version null: none is told */
export function challengeWith(names: Readonly<Record<number, string>>, version: Buffer | null): Buffer {
  const pair = (id: number, value: Uint8Array) => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
  const pairs = Object.entries(names).map(([id, name]) => pair(Number(id), Buffer.from(name, 'utf16le')));
  const info = Buffer.concat([...pairs, pair(7, Buffer.alloc(8, 7)), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 'ascii');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(version ? 0xe288_8235 : 0xe088_8235, 20);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56, 44);
  if (version) head.set(version, 48);
  return Buffer.concat([head, info]);
}
