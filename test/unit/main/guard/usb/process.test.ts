import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepRunning, type Patience, startProcess } from '#main/guard/usb/process.ts';
import { createFakeProcesses, createKeptLog } from './fake-process.ts';

const command = { program: '/usr/bin/x', args: ['-y'] };
const patience: Patience = { first: 100, most: 400, silence: null };

describe('a program that is kept running', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function keep(how: Partial<Patience> = {}) {
    const processes = createFakeProcesses();
    const { log, messages } = createKeptLog();
    const heard: string[] = [];
    const on = {
      started: () => heard.push('started'),
      data: (chunk: Uint8Array) => heard.push(Buffer.from(chunk).toString()),
    };
    const kept = keepRunning(command, on, { start: processes.start, patience: { ...patience, ...how }, log });
    return { ...processes, ...kept, heard, messages };
  }

  it('is started at once, and heard', () => {
    const { started, say, heard } = keep();
    expect(started.map((one) => one.command)).toEqual([command]);
    say('hello');
    expect(heard).toEqual(['started', 'hello']);
  });

  it('is started again when it has ended, later each time, and complained of once', () => {
    const { started, end, messages } = keep();
    const waits = [100, 200, 400, 400];
    for (const [index, wait] of waits.entries()) {
      end();
      vi.advanceTimersByTime(wait - 1);
      expect(started).toHaveLength(index + 1);
      vi.advanceTimersByTime(1);
      expect(started).toHaveLength(index + 2);
    }
    expect(messages('warn')).toEqual(['what listens for USB has ended']);
  });

  it('starts soon again when it had run for long, and not because it says something and ends', () => {
    const { started, say, end, messages } = keep();
    for (const wait of [100, 200]) {
      say('a heading');
      end();
      vi.advanceTimersByTime(wait);
    }
    expect(started).toHaveLength(3);
    vi.advanceTimersByTime(401);
    end();
    vi.advanceTimersByTime(100);
    expect(started).toHaveLength(4);
    expect(messages('warn')).toHaveLength(2);
  });

  it('is ended when it says nothing for too long', () => {
    const { started, say, end } = keep({ silence: 1_000 });
    vi.advanceTimersByTime(900);
    say('alive');
    vi.advanceTimersByTime(999);
    expect(started[0]?.stops).toBe(0);
    vi.advanceTimersByTime(1);
    expect(started[0]?.stops).toBe(1);
    end();
    vi.advanceTimersByTime(100);
    expect(started).toHaveLength(2);
  });

  it('may be silent where that is its way', () => {
    const { started } = keep();
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(started[0]?.stops).toBe(0);
  });

  it('stays ended once stopped, and is not heard any more', () => {
    const { started, say, end, stop, heard } = keep({ silence: 1_000 });
    stop();
    expect(started[0]?.stops).toBe(1);
    say('late');
    end();
    vi.advanceTimersByTime(10_000);
    expect(started).toHaveLength(1);
    expect(heard).toEqual(['started']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not started after a stop that came while it waited', () => {
    const { started, end, stop } = keep();
    end();
    stop();
    vi.advanceTimersByTime(10_000);
    expect(started).toHaveLength(1);
  });
});

describe('a real program', () => {
  function run(program: string, ...args: string[]) {
    let output = '';
    let ends = 0;
    let stop = () => {};
    const ended = new Promise<void>((resolve) => {
      const data = (chunk: Uint8Array) => {
        output += Buffer.from(chunk).toString();
      };
      const over = () => {
        ends += 1;
        resolve();
      };
      ({ stop } = startProcess({ program, args }, { data, ended: over }));
    });
    return { ended, stop: () => stop(), output: () => output, ends: () => ends };
  }

  it('is heard until its end, in the C locale, with no shell and no input', async () => {
    const said = run('/bin/sh', '-c', 'read -r line; echo "$LC_ALL:$line:$1"', 'sh', '$(id); *');
    await said.ended;
    expect(said.output()).toBe('C::$(id); *\n');
  });

  it('that is not there ends, once', async () => {
    const missing = run('/nonexistent/udevadm');
    await missing.ended;
    await new Promise((resolve) => setImmediate(resolve));
    expect(missing.ends()).toBe(1);
  });

  it('ends when it is stopped', async () => {
    const endless = run('/bin/sleep', '1000');
    endless.stop();
    await endless.ended;
    expect(endless.ends()).toBe(1);
  });
});
