/** Of the DevTools protocol's `Profiler.Profile`, what is read here. */
export type CpuProfile = Readonly<{
  nodes: readonly Readonly<{
    id: number;
    callFrame: Readonly<{ functionName: string; url: string; lineNumber: number }>;
  }>[];
  samples?: readonly number[];
  /** µs before each sample. */
  timeDeltas?: readonly number[];
}>;

export type Spent = Readonly<{
  /** With V8's own: (idle), (program) and (garbage collector). */
  name: string;
  /** File and line, from 1; empty for V8's own. */
  place: string;
  /** Of the time that was profiled, 0 to 1, without what it called. */
  share: number;
}>;

/** @returns every function that was seen, most time first; a function's calls from different places are added up */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Spent[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent = new Map<string, { name: string; place: string; us: number }>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    // What a sample found went on until the next one.
    const us = Math.max(0, timeDeltas[index + 1] ?? 0);
    total += us;
    const frame = frames.get(id);
    if (frame === undefined) continue;
    const { functionName, url, lineNumber } = frame;
    const name = functionName || '(anonymous)';
    const file = url.split(/[/?#]/).findLast((part) => part.includes('.')) ?? url;
    const place = url === '' ? '' : `${file}:${lineNumber + 1}`;
    const key = `${name} ${place}`;
    const entry = spent.get(key) ?? { name, place, us: 0 };
    entry.us += us;
    spent.set(key, entry);
  }
  return [...spent.values()]
    .map(({ name, place, us }) => ({ name, place, share: total === 0 ? 0 : us / total }))
    .sort((a, b) => b.share - a.share);
}
