import { randomBytes, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { type DeviceFile, deviceFileSchema } from '#contract/device/device-file.ts';
import { type Issued, issueDevice } from '../pki/issue.ts';
import { fingerprintOf } from '../pki/judge.ts';
import { DirectoryError } from '../store/directory.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './site.ts';

export const defaultDeviceDays = 365;

/**
 * Makes a device's key and certificate and registers it for its user. The key exists only in what is returned.
 * @param options.gateway where the laptop will connect to; default: the first configured host and port.
 * @throws {DirectoryError} when the user is unknown or the id is taken.
 */
export async function registerDevice(
  site: { config: Config; ca: Issued; store: Store },
  options: {
    user: string;
    label: string;
    id?: string | undefined;
    gateway?: { host?: string | undefined; port?: number | undefined };
    days?: number | undefined;
    now: number;
  },
): Promise<DeviceFile> {
  const { config, ca, store } = site;
  const { now, days = defaultDeviceDays } = options;
  const user = store.user(options.user);
  if (user === undefined) throw new DirectoryError('unknown', `There is no user "${options.user}".`);
  const id = options.id ?? `device-${randomBytes(5).toString('hex')}`;
  const issued = await issueDevice(ca, { device: id, now, days });
  const certificate = new X509Certificate(issued.certificate);
  const file = v.parse(deviceFileSchema, {
    version: 1,
    gateway: {
      host: options.gateway?.host ?? config.hosts[0],
      port: options.gateway?.port ?? config.listen.port,
    },
    site: { name: config.site.name, ca: ca.certificate },
    device: { id, label: options.label },
    user: { id: user.id, name: user.name },
    desk: store.desksOf(user.id)[0] ?? null,
    certificate: issued.certificate,
    privateKey: issued.privateKey,
  });
  store.addDevice({
    id,
    user: user.id,
    label: options.label,
    fingerprint: fingerprintOf(certificate.raw),
    created: now,
    expires: certificate.validToDate.getTime(),
  });
  return file;
}
