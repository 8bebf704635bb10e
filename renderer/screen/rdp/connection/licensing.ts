import { protocolProblem, ScreenEnd } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** Flags of the basic security header (MS-RDPBCGR 2.2.8.1.1.2.1), which stands below TLS only here. */
const licensePacket = 0x0080;
const redirectionPacket = 0x0400;
/** bMsgType of the licensing preamble (2.2.1.12.1.1; MS-RDPELE 2.2.2), and its version 3.0. */
const licenseRequest = 1;
const errorAlert = 0xff;
const furtherExchange: readonly number[] = [2, 3, 4];
const preambleVersion = 3;
/** dwErrorCode, dwStateTransition and the type of an error's blob (2.2.1.12.1.3). */
const errNoLicense = 2;
const statusValidClient = 7;
const noTransition = 2;
const errorBlob = 4;

/**
 * The only word that opens a desk: it asks for no licence (MS-RDPBCGR 2.2.1.12, MS-RDPELE 1.3.3). A Windows that is no
 * Remote Desktop Session Host says so at once, xrdp only after its request was answered, whatever the answer.
 * @returns whether that was said; false for a request. @throws ScreenEnd for all else
 */
export function isLicensed(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  const flags = reader.u16();
  reader.skip(2);
  if ((flags & redirectionPacket) !== 0) throw new ScreenEnd('deskRedirects');
  if ((flags & licensePacket) === 0) throw protocolProblem('licensing PDU');
  const type = reader.u8();
  reader.skip(3);
  if (type === licenseRequest) return false;
  if (furtherExchange.includes(type)) throw new ScreenEnd('deskLicence');
  if (type !== errorAlert) throw protocolProblem('licensing message');
  const code = reader.u32();
  const transition = reader.u32();
  if (code !== statusValidClient || transition !== noTransition) throw new ScreenEnd('deskLicence');
  return true;
}

/** The answer to a request, which is the truth: there is no licence here, and none is wanted (2.2.1.12.1.3). */
export function noLicense(): Uint8Array<ArrayBuffer> {
  const writer = new Writer().u16(licensePacket).u16(0).u8(errorAlert).u8(preambleVersion).u16(16);
  return writer.u32(errNoLicense).u32(noTransition).u16(errorBlob).u16(0).done();
}
