import type { Findings } from './findings.ts';
import { withoutSecrets } from './redact.ts';
import type { StepRecord } from './steps.ts';

/** What ran, and where. */
export type Circumstances = Readonly<{
  hanare: Readonly<{ version: string; commit: string | null; changed: boolean | null }>;
  runtime: Readonly<{
    app: 'electron' | 'stand-in' | null;
    electron: string | null;
    chromium: string | null;
    node: string;
    openssl: string;
  }>;
  system: Readonly<{ platform: string; release: string; architecture: string }>;
  options: Readonly<{ security: 'nla' | 'tls'; headless: boolean; wrongPassword: boolean; probeOnly: boolean }>;
}>;

/** The file that is sent back. Its text form is made of it and has nothing else in it. */
export type TryRdpReport = Readonly<{
  report: 'hanare-rdp';
  format: 1;
  at: string;
  seconds: number;
}> &
  Circumstances &
  Readonly<{ steps: readonly StepRecord[]; findings: Findings }>;

/** @param secrets what must not be in it: see `withoutSecrets` */
export function makeReport(
  parts: Circumstances & Readonly<{ at: Date; seconds: number; steps: readonly StepRecord[]; findings: Findings }>,
  secrets: readonly string[],
): TryRdpReport {
  const { at, seconds, hanare, runtime, system, options, steps, findings } = parts;
  const report = {
    report: 'hanare-rdp',
    format: 1,
    at: at.toISOString(),
    seconds,
    hanare,
    runtime,
    system,
    options,
  } as const;
  return withoutSecrets({ ...report, steps, findings }, secrets);
}

/** `2026-11-23-0713`, local time. */
export function fileStamp(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}`;
}
