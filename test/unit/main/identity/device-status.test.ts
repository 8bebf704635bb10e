import { describe, expect, it } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { deviceStatus } from '#main/identity/device-status.ts';
import { fakeDeviceFile } from '#test/fakes/device-file.ts';

describe('what the window learns of the device', () => {
  it('is names and nothing else when it is enrolled', async () => {
    const { device, user, desk } = fakeDeviceFile();
    expect(await deviceStatus(async () => fakeDeviceFile())).toEqual({ enrolled: true, device, user, desk });
  });

  it('is the reason when it is not', async () => {
    const load = () => Promise.reject(new HanareError('notEnrolled'));
    expect(await deviceStatus(load)).toEqual({ enrolled: false, failure: { reason: 'notEnrolled', details: {} } });
  });

  it('is that something is wrong, without what, when the reading itself fails', async () => {
    const load = () => Promise.reject(new Error('/home/yamada/…'));
    expect(await deviceStatus(load)).toEqual({ enrolled: false, failure: { reason: 'internal', details: {} } });
  });
});
