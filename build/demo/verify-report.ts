import { readFile } from 'node:fs/promises';
import { enrolSteps, stages } from '#contract/ipc/state.ts';
import type { DemoReport } from './report.ts';

/** `verify-report JSON PNG`: what CI holds a headless demo to. Prints what is missing and exits with 1. */
const [jsonFile, pictureFile] = process.argv.slice(2);
if (!jsonFile || !pictureFile) throw new Error('usage: verify-report JSON PNG');
const report = JSON.parse(await readFile(jsonFile, 'utf8')) as DemoReport;
const picture = await readFile(pictureFile);
const demands: readonly (readonly [string, boolean])[] = [
  ...(['find', ...enrolSteps] as const).map(
    (step) => [`enrolment step ${step} has a time`, typeof report.enrolment?.[step] === 'number'] as const,
  ),
  ...stages.map((stage) => [`stage ${stage} has a time`, typeof report.stages[stage] === 'number'] as const),
  ['there was a first picture', typeof report.firstPictureMs === 'number' && report.firstPictureMs > 0],
  ['frames were shown', report.framesShown >= 5],
  ['bytes came from the desk', report.bytesDown > 10_000],
  ['the round trip was measured', typeof report.roundTripMs === 'number'],
  ['there were no errors', report.errors.length === 0],
  ['the picture is a PNG of some size', picture.subarray(1, 4).toString() === 'PNG' && picture.length > 20_000],
];
const missing = demands.filter(([, met]) => !met).map(([demand]) => demand);
for (const demand of missing) console.error(`demo report: not so: ${demand}`);
console.log(`demo report: ${demands.length - missing.length} of ${demands.length} demands met (${report.host})`);
process.exitCode = missing.length === 0 ? 0 : 1;
