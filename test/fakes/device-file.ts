import type { DeviceFile } from '#contract/device/device-file.ts';

/** A device file of the right form; its certificate and key are no real ones. */
export function fakeDeviceFile(changes: Partial<DeviceFile> = {}): DeviceFile {
  return {
    version: 1,
    gateway: { host: 'gateway.example.invalid', port: 8443 },
    site: { name: '見本市', ca: '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n' },
    device: { id: 'dev-017', label: 'テレワーク端末 017' },
    user: { id: 'yamada', name: '山田 花子' },
    desk: { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' },
    certificate: '-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n',
    privateKey: '-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n',
    ...changes,
  };
}
