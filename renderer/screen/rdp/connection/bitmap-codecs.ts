import type { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

export type CodecName = 'remotefx' | 'nscodec';
export type DeskCodecs = Readonly<Record<CodecName, number | null>>;

/** codecGUID as it stands in the PDU (MS-RDPBCGR 2.2.7.2.10.1.1), and the codecID that goes with it. */
const guids: Readonly<Record<CodecName, string>> = {
  remotefx: '122f777672bd6344afb3b73c9c6f7886',
  nscodec: 'b91b8dca0f004f15589fae2d1a87e2d6',
};
/** 1 must be NSCodec's (MS-RDPNSC 2.2.1); the other is free. */
const ids: Readonly<Record<CodecName, number>> = { remotefx: 3, nscodec: 1 };
const names = ['remotefx', 'nscodec'] as const satisfies readonly CodecName[];
const guidBytes = 16;

/** Bitmap Codecs Capability Set of the desk (2.2.7.2.10). The ids are the client's. @throws ScreenEnd */
export function codecOf(body: Reader, offered: readonly CodecName[]): DeskCodecs {
  const found: Record<CodecName, number | null> = { remotefx: null, nscodec: null };
  const count = body.u8();
  for (let i = 0; i < count; i++) {
    const guid = hex(body.take(guidBytes));
    body.skip(1);
    body.skip(body.u16());
    for (const name of names) if (guids[name] === guid && offered.includes(name)) found[name] = ids[name];
  }
  return found;
}

export function writeCodecs(to: Writer, codecs: readonly CodecName[]): void {
  to.u8(codecs.length);
  for (const name of codecs) {
    const properties = name === 'remotefx' ? remoteFxProperties() : nsCodecProperties();
    to.raw(bytesOf(guids[name])).u8(ids[name]).u16(properties.length).raw(properties);
  }
}

const videoMode = 0;
const imageMode = 2;
const [rlgr1, rlgr3] = [1, 4];

/**
 * TS_RFX_CLNT_CAPS_CONTAINER (MS-RDPRFX 2.2.1.1): both modes with both entropy codings, tiles of 64, the one colour
 * conversion and the one transform that there are. The desk picks one of the four.
 */
function remoteFxProperties(): Uint8Array<ArrayBuffer> {
  const choices = [
    [videoMode, rlgr3],
    [videoMode, rlgr1],
    [imageMode, rlgr3],
    [imageMode, rlgr1],
  ] as const;
  const set = new Writer().u8(1).u16(0xcfc0).u16(choices.length).u16(8);
  for (const [mode, entropy] of choices) set.u16(0x0100).u16(64).u8(mode).u8(1).u8(1).u8(entropy);
  const capabilities = new Writer().u16(0xcbc0).u32(8).u16(1);
  capabilities
    .u16(0xcbc1)
    .u32(set.length + 6)
    .raw(set.done());
  // CARDP_CAPS_CAPTURE_NON_CAC: other codecs may be mixed in.
  return new Writer()
    .u32(capabilities.length + 12)
    .u32(1)
    .u32(capabilities.length)
    .raw(capabilities.done())
    .done();
}

/** TS_NSCODEC_CAPABILITYSET (MS-RDPNSC 2.2.1): dynamic fidelity, subsampling, colour loss level 3. */
const nsCodecProperties = () => Uint8Array.of(1, 1, 3);

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (text: string) =>
  Array.from({ length: guidBytes }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
