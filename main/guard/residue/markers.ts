/** Shorter ones would be found by chance. */
const leastBytes = 8;

export type Markers = Readonly<{
  /** Bytes of the longest form: what two neighbouring pieces must share so that nothing is lost between them. */
  longest: number;
  isIn(bytes: Buffer): boolean;
  /** For names of files. */
  isInText(text: string): boolean;
}>;

/** Words that must be found nowhere, in the forms in which they may lie in a file: UTF-8, UTF-16, inside some base64. */
export function createMarkers(words: readonly string[]): Markers {
  const known = words.filter((word) => Buffer.byteLength(word) >= leastBytes);
  const forms = known.flatMap((word) => [Buffer.from(word), Buffer.from(word, 'utf16le'), ...base64Forms(word)]);
  return {
    longest: Math.max(0, ...forms.map(({ length }) => length)),
    isIn: (bytes) => forms.some((form) => bytes.includes(form)),
    isInText: (text) => known.some((word) => text.includes(word)),
  };
}

/**
 * Base64 of a text that holds the word: what of it does not depend on what stands around it, for each of the three places
 * in a group of three bytes that the word can begin at, in both alphabets.
 */
function base64Forms(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  const texts = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const inner = whole.subarray(shift === 0 ? 0 : 3, whole.length - (whole.length % 3));
    return [inner.toString('base64'), inner.toString('base64url')];
  });
  return [...new Set(texts)].filter((text) => text.length >= leastBytes).map((text) => Buffer.from(text));
}
