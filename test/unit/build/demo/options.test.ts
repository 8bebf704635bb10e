import { describe, expect, it } from 'vitest';
import { demoHelp, readDemoOptions } from '#build/demo/options.ts';
import { UsageError } from '#build/demo/usage-error.ts';

const read = (args: readonly string[], hasDisplay = true) => {
  const options = readDemoOptions(args, '/typed/here', hasDisplay);
  if (options === 'help') throw new Error('help');
  return options;
};

describe('the demo', () => {
  it('runs in a window, in Japanese, until it is ended, when nothing is said', () => {
    expect(read([])).toEqual({
      desk: null,
      language: 'ja',
      headless: false,
      seconds: null,
      screenshot: null,
      json: null,
      size: { width: 1366, height: 768 },
    });
  });

  it.each([[['--headless'], true] as const, [[], false] as const])(
    'runs without a window, for twenty seconds, and takes a picture, when %j is said and a display is there: %s',
    (args, hasDisplay) => {
      expect(read(args, hasDisplay)).toMatchObject({
        headless: true,
        seconds: 20,
        screenshot: '/typed/here/hanare-demo.png',
      });
    },
  );

  it('does as it is told when everything is said', () => {
    const args =
      '--desk vnc://desk.example.invalid:5901 --lang en --seconds 7 --screenshot a/b.png --json /c.json --size 1920x1080';
    expect(read(args.split(' '))).toEqual({
      desk: { protocol: 'vnc', host: 'desk.example.invalid', port: 5901 },
      language: 'en',
      headless: false,
      seconds: 7,
      screenshot: '/typed/here/a/b.png',
      json: '/c.json',
      size: { width: 1920, height: 1080 },
    });
  });

  it('asks for help, whatever else is said, when help is', () => {
    expect(readDemoOptions(['--help', '--lang', 'fr'], '/', true)).toBe('help');
  });

  it('tells of every option in its help', () => {
    for (const option of ['desk', 'lang', 'headless', 'seconds', 'screenshot', 'json', 'size', 'help']) {
      expect(demoHelp).toContain(`--${option}`);
    }
  });
});

describe('what makes no sense', () => {
  it.each([
    [['--lang', 'fr']],
    [['--lang', 'JA']],
    [['--lang', '']],
    [['--seconds', '0']],
    [['--seconds', '0.5']],
    [['--seconds', '-1']],
    [['--seconds', '86401']],
    [['--seconds', 'soon']],
    [['--seconds', '']],
    [['--size', '1366']],
    [['--size', '1366×768']],
    [['--size', '10x10']],
    [['--size', '99999x768']],
    [['--size', '1366x768 ']],
    [['--unknown']],
    [['--headless=yes']],
    [['--lang']],
    [['word']],
  ])('is told to the person when it is %j', (args) => {
    expect(() => read(args)).toThrow(UsageError);
  });

  it('is quoted back when a value is wrong', () => {
    expect(() => read(['--lang', 'fr'])).toThrow('“fr”');
  });
});
