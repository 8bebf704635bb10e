/** What wasm/rfx-tile.ts and wasm/rfx-colour.ts export. Addresses and lengths are in bytes. */
export type RfxExports = Readonly<{
  rfxShiftsAt(): number;
  rfxTile(
    mode: number,
    extrapolate: boolean,
    difference: boolean,
    from: number,
    yLength: number,
    cbLength: number,
    crLength: number,
    current: number,
    signs: number,
  ): void;
  rfxUpgrade(
    extrapolate: boolean,
    from: number,
    ySrl: number,
    yRaw: number,
    cbSrl: number,
    cbRaw: number,
    crSrl: number,
    crRaw: number,
    current: number,
    signs: number,
  ): number;
  rfxPaint(to: number, stride: number, x: number, y: number, w: number, h: number): void;
}>;
