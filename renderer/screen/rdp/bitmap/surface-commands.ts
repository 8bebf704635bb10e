import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';

/** cmdType (MS-RDPBCGR 2.2.9.2). */
const command = { setSurfaceBits: 1, frameMarker: 4, streamSurfaceBits: 6 } as const;
const [frameBegin, frameEnd] = [0, 1] as const;
/** EX_COMPRESSED_BITMAP_HEADER_PRESENT (2.2.9.2.1.1), and the header's length (2.2.9.2.1.1.1). */
const extendedHeader = 1;
const extendedHeaderBytes = 24;

/** TS_BITMAP_DATA_EX (2.2.9.2.1.1) and where it goes. */
export type SurfaceBits = Readonly<{
  x: number;
  y: number;
  width: number;
  height: number;
  bitsPerPixel: number;
  /** As agreed on in the capabilities; 0 is none. */
  codec: number;
  bytes: Uint8Array;
}>;

export type SurfaceEffects = Readonly<{
  bits(bits: SurfaceBits): void;
  begin(): void;
  /** @param frame its number, which an acknowledgement names */
  end(frame: number): void;
}>;

/** Surface commands (MS-RDPBCGR 2.2.9.2). @throws ScreenEnd */
export function readSurfaceCommands(bytes: Uint8Array, effects: SurfaceEffects): void {
  const reader = new Reader(bytes);
  while (reader.left > 0) {
    const type = reader.u16();
    switch (type) {
      case command.setSurfaceBits:
      case command.streamSurfaceBits:
        effects.bits(readBits(reader));
        break;
      case command.frameMarker: {
        const action = reader.u16();
        const frame = reader.u32();
        if (action === frameBegin) effects.begin();
        else if (action === frameEnd) effects.end(frame);
        else throw protocolProblem('frame marker');
        break;
      }
      default:
        throw protocolProblem(`surface command ${type}`);
    }
  }
}

function readBits(reader: Reader): SurfaceBits {
  const [x, y] = [reader.u16(), reader.u16()];
  // The other corner: the size below says the same, and servers have been seen to count it either way.
  reader.skip(4);
  const bitsPerPixel = reader.u8();
  const flags = reader.u8();
  reader.skip(1);
  const codec = reader.u8();
  const [width, height, length] = [reader.u16(), reader.u16(), reader.u32()];
  if ((flags & extendedHeader) !== 0) reader.skip(extendedHeaderBytes);
  return { x, y, width, height, bitsPerPixel, codec, bytes: reader.take(length) };
}
