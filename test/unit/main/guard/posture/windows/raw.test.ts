import { describe, expect, it } from 'vitest';
import { parseRaw, rawParts } from '#main/guard/posture/windows/raw.ts';
import { windowsParts, windowsScript } from '#main/guard/posture/windows/script.ts';
import { goodLaptop } from '#test/fixtures/system/windows.ts';

const nothing = Object.fromEntries(windowsParts.map((part) => [part, null]));

describe('what the script prints', () => {
  it('is taken apart, lists of one and wrapped lists included', () => {
    const raw = parseRaw(`${JSON.stringify(goodLaptop)}\r\n`);
    expect(raw.disk?.pageFiles).toEqual(['C']);
    expect(raw.antivirus?.products).toEqual([{ name: 'Windows Defender', state: 397_568 }]);
    expect(raw.firewall?.others).toEqual([]);
    expect(raw.screenLock?.own.active).toBe(1);
    expect(Object.values(raw)).not.toContain(null);
  });

  it('may have a byte order mark or a line of something else before it', () => {
    expect(parseRaw(`\uFEFF${JSON.stringify(goodLaptop)}`).usb).not.toBeNull();
    expect(parseRaw(`WARNING: something\r\n${JSON.stringify(goodLaptop)}`).usb).not.toBeNull();
  });

  it('costs only the part that is null, missing or not as expected', () => {
    const { usb: _, ...rest } = goodLaptop;
    const raw = parseRaw(JSON.stringify({ ...rest, time: null, disk: { ...goodLaptop.disk, system: 'C:\\..' } }));
    expect([raw.usb, raw.time, raw.disk]).toEqual([null, null, null]);
    expect(raw.storage).not.toBeNull();
    const endless = Array.from({ length: 41 }, () => ({ name: 'x', state: 0 }));
    const many = parseRaw(JSON.stringify({ ...goodLaptop, antivirus: { products: endless, defender: null } }));
    expect(many.antivirus).toBeNull();
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"usb":',
    '7',
    'Access is denied.',
    '{'.repeat(100_000),
    `{"usb":"${'x'.repeat(1e6)}"}`,
  ])('is nothing at all when it is not what was asked for (case %#)', (output) =>
    expect(parseRaw(output)).toEqual(nothing),
  );
});

describe('the script', () => {
  it('fits on a Windows command line as it is handed over', () => {
    expect(Buffer.from(windowsScript, 'utf16le').toString('base64').length).toBeLessThan(32_000);
  });

  it('writes every member that is read from it', () => {
    for (const [index, part] of windowsParts.entries()) {
      const from = windowsScript.indexOf(`\n${part} = {`);
      const next = windowsParts[index + 1];
      const until = windowsScript.indexOf(next === undefined ? '\n$done = ' : `\n${next} = {`);
      expect(until).toBeGreaterThan(from);
      const written = windowsScript.slice(from, until);
      for (const member of Object.keys(rawParts[part].entries)) expect(written).toMatch(new RegExp(`\\b${member} =`));
    }
  });

  it('changes nothing and fetches nothing: of cmdlets it uses those that look', () => {
    const cmdlets = new Set(windowsScript.match(/\b[A-Z][A-Za-z]+-[A-Z]\w+/g));
    expect([...cmdlets].toSorted()).toEqual([
      'ConvertTo-Json',
      'ForEach-Object',
      'Get-Acl',
      'Get-CimInstance',
      'Get-ItemProperty',
      'Get-MpComputerStatus',
      'Get-NetFirewallProfile',
      'Join-Path',
      'New-Object',
      'Out-String',
      'Test-Path',
      'Where-Object',
    ]);
  });

  it('is plain ASCII, so that no code page changes it', () => {
    expect(windowsScript).toMatch(/^[\x20-\x7e\n]+$/);
  });
});
