import { createLogger } from '#contract/log/logger.ts';
import type { Command, Heard, StartProcess } from '#main/guard/usb/process.ts';

/** Programs that do what the test says. */
export function createFakeProcesses() {
  const started: { command: Command; heard: Heard; stops: number }[] = [];
  const start: StartProcess = (command, heard) => {
    const one = { command, heard, stops: 0 };
    started.push(one);
    return {
      stop: () => {
        one.stops += 1;
      },
    };
  };
  return {
    start,
    started,
    /** The one that runs now says something. */
    say: (text: string) => started.at(-1)!.heard.data(Buffer.from(text, 'latin1')),
    end: () => started.at(-1)!.heard.ended(),
  };
}

export function createKeptLog() {
  const lines: { level: string; message: string }[] = [];
  const log = createLogger({ sink: (line) => lines.push(JSON.parse(line)), now: () => 0, context: 'usb' });
  return {
    log,
    lines,
    messages: (level: string) => lines.filter((one) => one.level === level).map((one) => one.message),
  };
}
