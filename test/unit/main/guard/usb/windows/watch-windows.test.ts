import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { windowsScript } from '#main/guard/posture/windows/script.ts';
import { openSystem } from '#main/guard/system.ts';
import type { UsbStorage } from '#main/guard/usb/usb.ts';
import { watchUsb } from '#main/guard/usb/watch.ts';
import { usbScript } from '#main/guard/usb/windows/script.ts';
import { usbCommand } from '#main/guard/usb/windows/watch-windows.ts';
import { createFakeProcesses, createKeptLog } from '../fake-process.ts';
import { disk, laptop } from './fixtures.ts';

const stick = disk({
  id: String.raw`USBSTOR\DISK&VEN_X\1`,
  index: 1,
  model: 'バッファロー USB Device',
  interface: 'USB',
});
/** In ASCII, as the script writes it. */
const line = (rows: unknown) =>
  `${JSON.stringify(rows).replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\r\n`;
const quiet = line(laptop);
const plugged = line({ ...laptop, disks: [...laptop.disks, stick] });

function watch(timing = {}) {
  const processes = createFakeProcesses();
  const kept = createKeptLog();
  const changes: (readonly UsbStorage[])[] = [];
  const usb = watchUsb({
    ...{ system: openSystem('/', 'win32'), log: kept.log, start: processes.start },
    onChange: (devices) => changes.push(devices),
    timing: { restartMs: 1, silenceMs: 3_600_000, ...timing },
  });
  onTestFinished(() => usb.stop());
  return { ...processes, ...kept, usb, changes };
}

describe('watching USB on Windows', () => {
  it('runs one script, that has nothing of a device or person in it', () => {
    const { started } = watch();
    expect(started.map(({ command }) => command)).toEqual([usbCommand]);
    expect(usbCommand.program).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(usbCommand.args.slice(0, 3)).toEqual(['-NoProfile', '-NonInteractive', '-EncodedCommand']);
    expect(Buffer.from(usbCommand.args[3], 'base64').toString('utf16le')).toBe(usbScript);
  });

  it('fits into a command line', () => {
    expect([usbCommand.program, ...usbCommand.args].join(' ').length).toBeLessThan(32_767);
  });

  it('is ready with the first line, and tells each change', async () => {
    const { usb, say, changes } = watch();
    say(quiet);
    await usb.ready;
    expect(changes).toEqual([]);
    say(`\r\n${plugged}`);
    expect(usb.devices()).toMatchObject([{ name: 'バッファロー USB Device', kind: 'usb', bound: true }]);
    say(quiet);
    expect(changes.map((devices) => devices.length)).toEqual([1, 0]);
  });

  it('reads it one byte at a time too, and past what it does not understand', async () => {
    const { usb, say, changes } = watch();
    for (const byte of `warning: x\r\n{"disks":\r\n${'x'.repeat(300_000)}\r\n${plugged}`) say(byte);
    await usb.ready;
    expect(changes).toHaveLength(1);
  });

  it('keeps to what was said last while the script is started again, without half of its line', async () => {
    const { usb, say, end, started, changes } = watch();
    say(plugged);
    say(quiet.slice(0, -2));
    end();
    await vi.waitFor(() => expect(started).toHaveLength(2), { timeout: 10_000 });
    say('\r\n');
    expect(usb.devices()).toHaveLength(1);
    expect(usb.seen()).toBe(false);
    say(quiet);
    expect(usb.seen()).toBe(true);
    expect(changes).toHaveLength(2);
  });

  it('is ready, and says why nothing is seen, when the script says nothing for too long', async () => {
    const { usb, messages, started } = watch({ silenceMs: 20 });
    await usb.ready;
    expect(usb.devices()).toEqual([]);
    expect(messages('warn')).toEqual(['Windows does not tell what is plugged in']);
    await vi.waitFor(() => expect(started[0]?.stops).toBe(1), { timeout: 10_000 });
  });

  it('is ready also when it was stopped before', async () => {
    const { usb, started } = watch();
    usb.stop();
    await usb.ready;
    expect(started[0]?.stops).toBe(1);
  });
});

describe('the script', () => {
  it('takes cmdlets from Windows itself, never from a folder of the person’s', () => {
    for (const script of [usbScript, windowsScript]) {
      const [before] = script.split('$env:PSModulePath = "$PSHOME\\Modules"\n', 1);
      expect(before).not.toBe(script);
      expect(before).not.toContain('Get-');
    }
  });

  it('writes nothing, and keeps to what constrained language mode allows', () => {
    expect(usbScript).not.toMatch(/New-Object|Add-Type|\[Console\]|\[Environment\]|Set-|Out-File|Invoke-|iex\b/i);
  });

  it('closes what it opens', () => {
    for (const pair of ['{}', '()', '[]']) {
      const [open = '', close = ''] = pair;
      expect(usbScript.split(open).length, open).toBe(usbScript.split(close).length);
    }
    expect((usbScript.match(/"/g) ?? []).length % 2).toBe(0);
    expect((usbScript.match(/'/g) ?? []).length % 2).toBe(0);
  });

  it('gives each row the names that are read', () => {
    for (const row of [disk({}), { index: 0, bus: 0 }]) {
      for (const name of Object.keys(row)) expect(usbScript).toMatch(new RegExp(`\\b${name} = `));
    }
  });
});
