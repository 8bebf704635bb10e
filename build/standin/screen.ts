import { createEvent, LoudEmitter, standInName } from './loud.ts';

type Area = { x: number; y: number; width: number; height: number };
/** Of what Chromium says (Emulation.getScreenInfos), all that is used here. */
export type ScreenInfo = {
  id: string;
  left: number;
  top: number;
  width: number;
  height: number;
  availLeft: number;
  availTop: number;
  availWidth: number;
  availHeight: number;
  devicePixelRatio: number;
  isPrimary: boolean;
};

function displayOf(info: ScreenInfo) {
  const bounds: Area = { x: info.left, y: info.top, width: info.width, height: info.height };
  const workArea: Area = { x: info.availLeft, y: info.availTop, width: info.availWidth, height: info.availHeight };
  const size = ({ width, height }: Area) => ({ width, height });
  return {
    ...{ id: Number(info.id), label: '', scaleFactor: info.devicePixelRatio, rotation: 0 },
    ...{ bounds, workArea, size: size(bounds), workAreaSize: size(workArea) },
  };
}

/** Until a window has asked Chromium. */
const assumed: ScreenInfo = {
  ...{ id: '1', left: 0, top: 0, width: 1920, height: 1080, devicePixelRatio: 1, isPrimary: true },
  ...{ availLeft: 0, availTop: 0, availWidth: 1920, availHeight: 1080 },
};

/** The displays as Chromium last told them: each window asks when it opens, and whenever its own place has changed. */
class Screen extends LoudEmitter {
  override get [standInName]() {
    return 'screen';
  }
  #infos: readonly ScreenInfo[] = [assumed];

  constructor() {
    super(['display-added', 'display-removed', 'display-metrics-changed']);
  }
  getPrimaryDisplay() {
    return displayOf(this.#infos.find(({ isPrimary }) => isPrimary) ?? this.#infos[0]!);
  }
  getAllDisplays() {
    return this.#infos.map(displayOf);
  }

  /** Not Electron's: what a window has heard. */
  heard(infos: readonly ScreenInfo[]): void {
    const before = this.#infos;
    if (infos.length === 0 || JSON.stringify(before) === JSON.stringify(infos)) return;
    this.#infos = infos;
    const other = (list: readonly ScreenInfo[]) => (info: ScreenInfo) => !list.some(({ id }) => id === info.id);
    for (const info of infos.filter(other(before))) this.emit('display-added', createEvent(), displayOf(info));
    for (const info of before.filter(other(infos))) this.emit('display-removed', createEvent(), displayOf(info));
    for (const info of infos.filter((one) => !other(before)(one)))
      this.emit('display-metrics-changed', createEvent(), displayOf(info), ['bounds']);
  }
}

export const screen = new Screen();
