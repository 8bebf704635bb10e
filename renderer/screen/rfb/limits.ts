/** What a desk may make this side hold or wait for. Beyond: the session ends with a reason. */
export const limits = {
  /** 8K (7680 x 4320) fits, so do three 4K monitors side by side: 128 MiB of pixels. */
  pixels: 33_554_432,
  side: 16_384,
  nameBytes: 65_536,
  reasonBytes: 65_536,
  cutTextBytes: 16 * 1024 * 1024,
  cursorSide: 512,
  fenceBytes: 64,
  /** JPEG rectangles being decoded at one time. */
  jpegs: 64,
} as const;
