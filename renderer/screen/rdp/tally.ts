import type { ScreenFigures } from '#contract/ipc/state.ts';
import { codecs } from './egfx/pdus.ts';

type RdpFigures = NonNullable<ScreenFigures['rdp']>;
export type CodecName = keyof RdpFigures['codecs'];

const pipelineNames: ReadonlyMap<number, CodecName> = new Map(
  (Object.keys(codecs) as (keyof typeof codecs)[]).map((name) => [codecs[name], name]),
);

/** Counts pieces of pictures by the codec that they came in. */
export class Tally {
  readonly #counts: { -readonly [K in CodecName]?: number } = {};

  add(name: CodecName): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  /** @param codec of the graphics pipeline (MS-RDPEGFX 2.2.2.1); one that is unknown is not counted */
  addPipeline(codec: number): void {
    const name = pipelineNames.get(codec);
    if (name !== undefined) this.add(name);
  }

  read(): RdpFigures['codecs'] {
    return { ...this.#counts };
  }
}
