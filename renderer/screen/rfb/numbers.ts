/** Numbers of RFC 6143 and of the community's RFB specification. */
export const encoding = {
  raw: 0,
  copyRect: 1,
  tight: 7,
  zrle: 16,
  cursor: -239,
  desktopSize: -223,
  lastRect: -224,
  qemuExtendedKey: -258,
  qemuLedState: -261,
  desktopName: -307,
  extendedDesktopSize: -308,
  fence: -312,
  continuousUpdates: -313,
  cursorWithAlpha: -314,
  extendedMouseButtons: -316,
  /** Plus 0 to 9. */
  jpegQuality0: -32,
  compression0: -256,
} as const;

export const fromServer = {
  framebufferUpdate: 0,
  setColourMapEntries: 1,
  bell: 2,
  cutText: 3,
  endOfContinuousUpdates: 150,
  fence: 248,
} as const;

export const fromClient = {
  setPixelFormat: 0,
  setEncodings: 2,
  updateRequest: 3,
  key: 4,
  pointer: 5,
  enableContinuousUpdates: 150,
  fence: 248,
  setDesktopSize: 251,
  qemu: 255,
} as const;

export const security = { none: 1, vncAuth: 2 } as const;

/** Names for the helpdesk, from the registry of security types. */
export const securityNames: Readonly<Record<number, string>> = {
  1: 'None',
  2: 'VncAuth',
  5: 'RA2',
  6: 'RA2ne',
  16: 'Tight',
  18: 'TLS',
  19: 'VeNCrypt',
  20: 'SASL',
  30: 'ARD',
  113: 'MSLogonII',
};

export const fenceFlags = { request: 0x80000000, known: 0x00000007 } as const;
