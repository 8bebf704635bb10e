import { describe, expect, it } from 'vitest';
import { allowStandInWorker, createOrigins } from '#build/standin/origins.ts';

const origins = createOrigins(['hanare', 'second'], 4000);
const worker = 'http://ui.localhost:4000/t/pump.js';

describe('the exchange of origins', () => {
  it.each([
    ['hanare://ui/index.html?a#b', 'http://ui.localhost:4000/index.html?a#b'],
    ['hanare://screen', 'http://screen.localhost:4000'],
    ['second://ui/x', 'http://ui.second.localhost:4000/x'],
    ["a('hanare://ui'),b('hanare://screen/')", "a('http://ui.localhost:4000'),b('http://screen.localhost:4000/')"],
  ])('goes out and comes back: %s', (app, page) => {
    expect(origins.toPage(app)).toBe(page);
    expect(origins.toApp(page)).toBe(app);
  });

  it.each([
    'http://ui.localhost:4001/x',
    'https://example.com/',
    'other://ui',
    'http://localhost:4000/',
    'xhanare://ui',
  ])('leaves alone what is not the app’s: %s', (text) => {
    expect(origins.toPage(text)).toBe(text);
    expect(origins.toApp(text)).toBe(text);
  });

  it('knows the app by its Host header only', () => {
    expect(origins.appOriginOfHost('ui.localhost:4000')).toBe('hanare://ui');
    for (const host of ['127.0.0.1:4000', 'localhost:4000', 'ui.localhost:4001', 'ui.localhost.example:4000', ''])
      expect(origins.appOriginOfHost(host)).toBeUndefined();
  });

  it('widens a bare scheme in a policy to the app’s hosts', () => {
    expect(origins.policyToPage("frame-src hanare:; img-src 'self'")).toBe(
      "frame-src http://*.localhost:4000; img-src 'self'",
    );
  });
});

describe('the worker in the policy', () => {
  it.each([
    ["default-src 'none'; script-src 'self'", `default-src 'none'; script-src 'self'; worker-src 'self' ${worker}`],
    ["default-src 'none'", `default-src 'none'; worker-src ${worker}`],
    ["worker-src 'none'; img-src data:", `img-src data:; worker-src ${worker}`],
    ["child-src 'self'; script-src 'none'", `child-src 'self'; script-src 'none'; worker-src 'self' ${worker}`],
    ['img-src data:', 'img-src data:'],
    [
      "trusted-types 'none'; default-src 'self'",
      `trusted-types 'none' electron-stand-in; default-src 'self'; worker-src 'self' ${worker}`,
    ],
  ])('is the only thing added: %s', (policy, expected) => {
    expect(allowStandInWorker(policy, worker)).toBe(expected);
  });
});
