import type { Sound } from './desk-client.ts';

/** So long a piece waits before it is heard: the line brings them unevenly. Seconds. */
const jitter = 0.08;
/** More than this ahead is old: what a person hears must fit what they see. Seconds. */
const mostAhead = 0.6;
/** Pieces that wait to be heard; a desk sends one every 20 ms or more seldom. */
const mostWaiting = 64;

/** The part of Web Audio that is needed, to be stood in for by tests. */
export type SpeakerParts = Readonly<{
  context(): AudioContext;
  source(context: AudioContext, buffer: AudioBuffer): AudioBufferSourceNode;
}>;

const browser: SpeakerParts = {
  context: () => new AudioContext({ latencyHint: 'interactive' }),
  source: (context, buffer) => new AudioBufferSourceNode(context, { buffer }),
};

/**
 * Plays what the desk plays, once it has been told to. A browser that wants a gesture first lets it be heard once the person
 * has touched the page.
 */
export class Speaker {
  readonly #parts: SpeakerParts;
  #context: AudioContext | undefined;
  /** What is being heard or will be. */
  readonly #waiting = new Set<AudioBufferSourceNode>();
  /** When the last piece ends, by the context's clock. */
  #end = 0;
  #on = false;

  constructor(parts = browser) {
    this.#parts = parts;
  }

  setOn(on: boolean): void {
    this.#on = on;
    if (!on) this.close();
  }

  play({ samplesPerSecond, channels }: Sound): void {
    const [first] = channels;
    if (!this.#on || first === undefined || first.length === 0) return;
    this.#context ??= this.#parts.context();
    const context = this.#context;
    if (context.state !== 'running') {
      // Nothing is kept for later: it would be old by then.
      void context.resume().catch(() => undefined);
      this.#end = 0;
      return;
    }
    const now = context.currentTime;
    // What has piled up, as behind a line that stood still, gives way to what is played now.
    if (this.#end > now + mostAhead || this.#waiting.size >= mostWaiting) this.#drop();
    // Of a long piece the end: the rest would be heard when it is old.
    const length = Math.min(first.length, Math.ceil(mostAhead * samplesPerSecond));
    const buffer = context.createBuffer(channels.length, length, samplesPerSecond);
    for (const [index, samples] of channels.entries()) buffer.copyToChannel(samples.subarray(-length), index);
    const source = this.#parts.source(context, buffer);
    source.connect(context.destination);
    source.onended = () => this.#waiting.delete(source);
    this.#waiting.add(source);
    const start = this.#end > now ? this.#end : now + jitter;
    source.start(start);
    this.#end = start + buffer.duration;
  }

  /** What is still to be heard is not. */
  close(): void {
    this.#drop();
    void this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }

  #drop(): void {
    for (const source of this.#waiting) {
      source.onended = null;
      source.stop();
    }
    this.#waiting.clear();
    this.#end = 0;
  }
}
