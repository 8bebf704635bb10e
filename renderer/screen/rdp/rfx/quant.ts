import { protocolProblem } from '../../core/screen-end.ts';

/** Ten factors in the order of the coefficients: HL1, LH1, HH1, HL2, LH2, HH2, HL3, LH3, HH3, LL3. */
export type Quant = readonly number[];

export const bands = 10;
/** Bytes of one set of factors, 4 bits each. */
export const quantBytes = 5;

/** Where each band's factor is among the half bytes: TS_RFX_CODEC_QUANT (MS-RDPRFX §2.2.2.1.5) names LH before HL. */
const remoteFxOrder = [8, 7, 9, 5, 4, 6, 2, 1, 3, 0] as const;
/** RFX_COMPONENT_CODEC_QUANT (MS-RDPEGFX §2.2.4.2.1.5.2) names HL before LH. */
const progressiveOrder = [7, 8, 9, 4, 5, 6, 1, 2, 3, 0] as const;

function quantOf(bytes: Uint8Array, order: readonly number[]): Quant {
  return order.map((nibble) => (bytes[nibble >> 1]! >> ((nibble & 1) * 4)) & 15);
}

export function remoteFxQuant(bytes: Uint8Array): Quant {
  return quantOf(bytes, remoteFxOrder);
}

export function progressiveQuant(bytes: Uint8Array): Quant {
  return quantOf(bytes, progressiveOrder);
}

/**
 * A factor of 6 leaves a band as it is, and samples have 5 bits after the point: the shift is factor − 6 + 5.
 * Factors are 6 and more (§2.2.2.1.5); 1 is the least that can be computed.
 */
export function shiftOf(factor: number): number {
  if (factor < 1) throw protocolProblem('quantisation factor');
  return factor - 1;
}
