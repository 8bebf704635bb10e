import { expect, test } from 'vitest';
import { deskMonitors } from '#renderer/screen/view/monitors.ts';

const monitors = [
  { x: 0, y: 0, width: 1280, height: 720, primary: true },
  { x: 1280, y: 0, width: 1280, height: 1024, primary: false },
];

test('a display is a monitor of the desk, in pixels of the display', () => {
  expect(deskMonitors(monitors, { width: 3840, height: 1536 }, 1.5)).toEqual([
    { left: 0, top: 0, width: 1920, height: 1080, primary: true },
    { left: 1920, top: 0, width: 1920, height: 1536, primary: false },
  ]);
});

test.each([
  ['the window is not there yet', monitors, { width: 1280, height: 720 }],
  ['a bar of the system takes some of it', monitors, { width: 2560, height: 990 }],
  ['there is one display', null, { width: 1280, height: 720 }],
])('there are none while %s', (_, given, size) => {
  expect(deskMonitors(given, size, 1)).toEqual([]);
});
