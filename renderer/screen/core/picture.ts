/** The desk's picture: rows of R, G, B, 255 from the top, without gaps. */
export type Picture = Readonly<{ width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> }>;
