import type { Circumstances } from '#build/try-rdp/report.ts';

export const circumstances: Circumstances & { at: Date; seconds: number } = {
  at: new Date('2026-11-23T01:02:03.000Z'),
  seconds: 61,
  hanare: { version: '0.1.0', commit: '0123456789abcdef0123456789abcdef01234567', changed: false },
  runtime: { app: 'electron', electron: '45.4.1', chromium: '156.0.1.2', node: '24.21.0', openssl: '3.5.8' },
  system: { platform: 'win32', release: '10.0.22631', architecture: 'x64' },
  options: { security: 'nla', headless: false, wrongPassword: false, probeOnly: false },
};
