import { fuzzScreen } from './screen-fuzz.ts';

/** A process of its own: a crash is seen for what it is, and its memory is that of the screen alone. */
const [cases, seed] = process.argv.slice(2).map(Number);
const { problems, ...report } = await fuzzScreen(cases!, seed!);
console.log(JSON.stringify({ ...report, problems: [...problems] }));
