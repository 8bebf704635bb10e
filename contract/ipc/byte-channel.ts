import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';

/**
 * The messages on the MessagePort between main and one remote screen. Main to screen: a Uint8Array of desk bytes, or
 * `end`. Screen to main: a Uint8Array for the desk, `credit` for bytes it has consumed, or `close`.
 *
 * INVARIANT: main never has more than `creditWindow` bytes under way that the screen has not given back as credit; the
 * desk's socket is paused meanwhile, so a slow or stopped screen costs a bounded amount of memory.
 */
export const creditWindow = 2 * 1024 * 1024;
/** The screen gives credit back in steps of this many bytes or more, so that credit messages stay rare. */
export const creditStep = 128 * 1024;

export const toScreenSchema = v.strictObject({ type: v.literal('end'), reason: v.optional(v.picklist(errorNames)) });
const mcsChannel = v.pipe(v.number(), v.integer(), v.minValue(1001), v.maxValue(65_535));
export const toMainSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('credit'),
    bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(creditWindow)),
  }),
  /**
   * RDP: main is to write the Client Info PDU (MS-RDPBCGR 2.2.1.11) here, on these MCS channels, because it alone has the
   * password. Once.
   */
  v.strictObject({ type: v.literal('clientInfo'), user: mcsChannel, io: mcsChannel }),
  v.strictObject({ type: v.literal('close') }),
]);
export type ToScreen = Uint8Array | v.InferOutput<typeof toScreenSchema>;
export type ToMain = Uint8Array | v.InferOutput<typeof toMainSchema>;
