import { fuzzRdp } from './rdp-fuzz.ts';

/** A process of its own: a crash is seen for what it is, and its memory is that of the screen alone. */
const [pdus, seed] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await fuzzRdp(pdus!, seed!)));
