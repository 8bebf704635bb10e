import { useEffect, useState } from 'react';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { Displays } from '#contract/ipc/state.ts';

const one: Displays = { count: 1, span: null };
const variables = ['--main-left', '--main-top', '--main-width', '--main-height'] as const;

/**
 * The laptop's displays. While the window lies over all of them, bars, notices and dialogs stay on the main one, because the
 * middle of the window may be the seam between two: the style variables `--main-*` say where that is.
 */
export function useDisplays(bridge: Bridge): Displays {
  const [displays, setDisplays] = useState(one);
  useEffect(() => {
    let told = false;
    const forget = bridge.window.onDisplays((next) => {
      told = true;
      setDisplays(next);
    });
    bridge.window.displays().then(
      (first) => {
        if (!told) setDisplays(first);
      },
      // The button for them is not shown then.
      () => undefined,
    );
    return forget;
  }, [bridge]);

  const main = displays.span?.find(({ primary }) => primary) ?? null;
  useEffect(() => {
    if (main === null) return;
    const { style } = document.documentElement;
    const { x, y, width, height } = main;
    for (const [at, value] of [x, y, width, height].entries()) style.setProperty(variables[at]!, `${value}px`);
    return () => {
      for (const name of variables) style.removeProperty(name);
    };
  }, [main]);
  return displays;
}
