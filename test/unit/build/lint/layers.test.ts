import { describe, expect, it } from 'vitest';
import type { Import } from '#build/lint/imports.ts';
import { layerProblems } from '#build/lint/layers.ts';

const one = (from: string, to: string, typeOnly = false): Import[] => [{ from, to, typeOnly, line: 3 }];

describe('an import that the layers allow', () => {
  it.each([
    ['contract/wire/tunnel.ts', 'contract/wire/grant.ts'],
    ['contract/wire/messages.ts', 'valibot'],
    ['main/tunnel/tunnel.ts', 'contract/wire/tunnel.ts'],
    ['main/tunnel/dial.ts', 'node:tls'],
    ['main/tunnel/control.ts', 'ws'],
    ['main/desk/session.ts', 'main/tunnel/tunnel.ts'],
    ['main/shell/window.ts', 'electron'],
    ['main/index.ts', 'electron'],
    ['preload/call.ts', 'electron'],
    ['preload/app.ts', 'contract/ipc/bridge.ts'],
    ['renderer/app/main.tsx', 'react'],
    ['renderer/app/main.tsx', 'renderer/app/styles/base.css'],
    ['renderer/app/main.tsx', '@fontsource-variable/noto-sans-jp'],
    ['renderer/features/desk/screen-host.ts', 'renderer/screen/api.ts'],
    ['renderer/screen/worker.ts', 'renderer/screen/rfb/session.ts'],
    ['gateway/server/gateway.ts', 'node:http'],
    ['gateway/grants/grants.ts', 'jose'],
    ['build/demo/office.ts', 'gateway/server/gateway.ts'],
    ['build/bundle/index.ts', 'vite'],
    ['test/unit/x.test.ts', 'preload/call.ts'],
    ['test/unit/x.test.ts', 'anything'],
  ])('passes when it goes from %s to %s', (from, to) => {
    expect(layerProblems(one(from, to))).toEqual([]);
  });

  it.each([
    ['main/tunnel/tunnel.ts', 'electron'],
    ['contract/x.ts', 'ws'],
    ['renderer/app/x.ts', 'node:fs'],
  ])('passes when it goes from %s to %s for types only', (from, to) => {
    expect(layerProblems(one(from, to, true))).toEqual([]);
  });
});

describe('an import that the layers forbid', () => {
  it.each([
    ['contract/wire/tunnel.ts', 'main/tunnel/tunnel.ts'],
    ['contract/wire/tunnel.ts', 'gateway/server/gateway.ts'],
    ['main/desk/session.ts', 'renderer/app/text.ts'],
    ['main/desk/session.ts', 'gateway/server/gateway.ts'],
    ['main/desk/session.ts', 'preload/call.ts'],
    ['main/desk/session.ts', 'test/fakes/fake-port.ts'],
    ['main/desk/session.ts', 'build/demo/run.ts'],
    ['preload/call.ts', 'main/shell/ipc.ts'],
    ['preload/call.ts', 'renderer/app/bridge.ts'],
    ['renderer/app/x.ts', 'main/index.ts'],
    ['renderer/app/x.ts', 'preload/call.ts'],
    ['gateway/server/x.ts', 'main/tunnel/dial.ts'],
    ['build/x.ts', 'test/fakes/fake-port.ts'],
    ['vitest.config.ts', 'test/run.ts'],
  ])('is named when it goes from %s to %s', (from, to) => {
    expect(layerProblems(one(from, to))).toEqual([expect.stringMatching(new RegExp(`^${from}:3: .*must not import`))]);
    // Types bind two layers together as values do.
    expect(layerProblems(one(from, to, true))).toHaveLength(1);
  });

  it.each([
    ['contract/x.ts', 'node:fs'],
    ['contract/x.ts', 'ws'],
    ['main/tunnel/x.ts', 'commander'],
    ['main/tunnel/x.ts', 'valibot-extra'],
    ['preload/x.ts', 'node:fs'],
    ['preload/x.ts', 'valibot'],
    ['renderer/x.ts', 'node:fs'],
    ['renderer/x.ts', 'electron'],
    ['renderer/x.ts', 'ws'],
    ['gateway/x.ts', 'electron'],
    ['gateway/x.ts', 'react'],
  ])('is named when %s uses the package %s', (from, to) => {
    expect(layerProblems(one(from, to))).toHaveLength(1);
  });

  it.each(['main/tunnel/tunnel.ts', 'main/desk/session.ts', 'main/identity/x.ts', 'main/shellx/x.ts'])(
    'is named when %s uses Electron’s values',
    (from) => {
      expect(layerProblems(one(from, 'electron'))).toEqual([expect.stringContaining('main/shell and preload')]);
    },
  );

  it.each([
    ['renderer/app/main.tsx', 'renderer/screen/worker.ts'],
    ['renderer/screen/page.ts', 'renderer/app/text.ts'],
    ['renderer/screen/page.ts', 'renderer/components/button.tsx'],
  ])('is named when window and screen touch, from %s to %s', (from, to) => {
    expect(layerProblems(one(from, to))).toEqual([expect.stringContaining('renderer/screen/api.ts')]);
  });

  it('is named when its folder is in no layer', () => {
    expect(layerProblems(one('tools/x.ts', 'node:fs'))).toEqual([expect.stringContaining('in no layer')]);
  });

  it('is named when it leaves the repository', () => {
    expect(layerProblems(one('build/x.ts', '../outside.ts'))).toEqual([
      expect.stringContaining('outside the repository'),
    ]);
  });
});

describe('a circle of imports', () => {
  const chain = (...paths: string[]): Import[] =>
    paths.slice(1).map((to, index) => ({ from: paths[index]!, to, typeOnly: false, line: 1 }));

  it('is named with its way round when there is one', () => {
    expect(layerProblems(chain('main/a.ts', 'main/b.ts', 'main/c.ts', 'main/a.ts'))).toEqual([
      'circular import: main/a.ts → main/b.ts → main/c.ts → main/a.ts',
    ]);
  });

  it('is named without the way to it when it is not at the start', () => {
    expect(layerProblems(chain('main/a.ts', 'main/b.ts', 'main/c.ts', 'main/b.ts'))).toEqual([
      'circular import: main/b.ts → main/c.ts → main/b.ts',
    ]);
  });

  it('is named when a file imports itself', () => {
    expect(layerProblems(chain('main/a.ts', 'main/a.ts'))).toHaveLength(1);
  });

  it('is named each time when there are two', () => {
    const two = [...chain('main/a.ts', 'main/b.ts', 'main/a.ts'), ...chain('main/a.ts', 'main/c.ts', 'main/a.ts')];
    expect(layerProblems(two)).toHaveLength(2);
  });

  it('is none when one side imports types only', () => {
    const [there, back] = chain('main/a.ts', 'main/b.ts', 'main/a.ts');
    expect(layerProblems([there!, { ...back!, typeOnly: true }])).toEqual([]);
  });

  it('is none when two ways lead to one file', () => {
    const ways = [...chain('main/a.ts', 'main/b.ts', 'main/d.ts'), ...chain('main/a.ts', 'main/c.ts', 'main/d.ts')];
    expect(layerProblems(ways)).toEqual([]);
  });
});
