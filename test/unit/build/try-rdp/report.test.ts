import { describe, expect, it } from 'vitest';
import type { Findings } from '#build/try-rdp/findings.ts';
import { removed } from '#build/try-rdp/redact.ts';
import { fileStamp, makeReport } from '#build/try-rdp/report.ts';
import type { StepRecord } from '#build/try-rdp/steps.ts';
import { reportText } from '#build/try-rdp/text.ts';
import { circumstances } from './circumstances.ts';

const step = (more: Partial<StepRecord> = {}): StepRecord => ({
  ...{ step: 'nlaEx', outcome: 'ok', code: null, detail: null, because: null, seconds: 1.2 },
  ...more,
});
const screen = {
  ...{ width: 1920, height: 1080, frames: 900, bytes: 12_345, firstPictureMs: 90, decodeMs: 1.5, presentMs: 0.4 },
  ...{ rdpVersion: '0x00080004', dynamicChannels: 3, pipeline: '0x000a0701', codecs: { avc444v2: 700, clear: 31 } },
  displayControl: true,
};

describe('a report', () => {
  it('has no secret in it, in whatever case and wherever it was, and its text has none either', () => {
    const secrets = ['Himitsu-42', 'hanako', 'KANARIA-PC', '192.0.2.7', 'city.example'];
    // As a step would look that told more than it may.
    const steps = [
      step({ detail: 'logon of HANAKO refused' }),
      step({ code: 'himitsu-42' }),
      step({ detail: 'connect 192.0.2.7:3389' }),
    ];
    const findings = {
      negotiation: { rdp: { selected: 'kanaria-pc.city.example', refused: null, flags: null } },
      tls: { version: 'TLSv1.3', certificate: { subjectParts: ['CN=KANARIA-PC', 'CN'] } },
    } as unknown as Findings;
    const report = makeReport({ ...circumstances, steps, findings }, secrets);
    const all = [JSON.stringify(report), reportText(report, 'ja'), reportText(report, 'en')];
    for (const text of all) {
      expect(text).not.toMatch(/himitsu|hanako|kanaria|192\.0\.2|city\.example/i);
      expect(text).toContain(removed);
    }
    expect(report.findings).toMatchObject({
      tls: { version: 'TLSv1.3', certificate: { subjectParts: [removed, 'CN'] } },
    });
  });

  it('keeps its words when a name is so short that they have it in them', () => {
    const report = makeReport({ ...circumstances, steps: [step()], findings: {} }, ['', ' ', 'ok']);
    expect(report.steps).toEqual([step()]);
  });

  it('says in two languages what ran, how each step ended, and what came of it', () => {
    const steps = [step(), step({ step: 'keys', outcome: 'skipped', because: 'passedOver', seconds: 0 })];
    const failed = step({ step: 'wrongPassword', outcome: 'failed', code: '4107', seconds: 0.3 });
    const findings: Findings = {
      screen,
      fps: {
        drag: { seconds: 10, frames: 291, fps: 29.1, bestFps: 31, megabitsPerSecond: 8.2, codecs: { avc444v2: 291 } },
      },
    };
    const report = makeReport({ ...circumstances, steps: [...steps, failed], findings }, []);
    const text = reportText(report, 'en');
    for (const line of [
      '  Hanare: 0.1.0, 0123456789abcdef0123456789abcdef01234567',
      '  app: electron, Electron 45.4.1, Chromium 156.0.1.2',
      '  NLA with the right password (HYBRID_EX): ok 1.2 s',
      '  Keys of a Japanese keyboard: skipped (passed over, or no answer)',
      '  codecs (pieces decoded): avc444v2 700, clear 31',
      '  window dragged: 29.1 fps (best second 31), 291 frames in 10 s, 8.2 Mbit/s, avc444v2 291',
      '  takes other sizes (display control): yes',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(/wrong password, once: failed \(4107 .+\) 0\.3 s/);
    expect(text).toMatch(/What the PC answered\n {2}nothing\n/);
    expect(text.trimEnd()).toMatch(/Then send it back.*Thank you\.$/);
    expect(reportText(report, 'ja')).toMatch(/4107[\s\S]*ウィンドウの移動: 29\.1 fps[\s\S]*送ってください/);
  });

  it('goes by its minute', () => {
    expect(fileStamp(new Date(2026, 0, 2, 3, 4))).toBe('2026-01-02-0304');
  });
});
