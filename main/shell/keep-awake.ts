import { powerSaveBlocker } from 'electron';

/** Keeps the laptop from sleeping and its display on, while it is asked to. */
export function createKeepAwake() {
  let id: number | undefined;
  return {
    set: (on: boolean): void => {
      if (on) id ??= powerSaveBlocker.start('prevent-display-sleep');
      else if (id !== undefined) {
        powerSaveBlocker.stop(id);
        id = undefined;
      }
    },
  };
}
