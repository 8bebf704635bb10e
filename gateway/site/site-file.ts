import { createHash, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { type SiteFile, siteFileSchema } from '#contract/wire/enrol.ts';
import type { Config } from './config.ts';
import { SiteError } from './files.ts';

/** SHA-256 of a CA's DER, lower-case hex: what site files and labels name and people compare. @param ca PEM. */
export function caFingerprint(ca: string): string {
  return createHash('sha256').update(new X509Certificate(ca).raw).digest('hex');
}

/**
 * What the installer leaves on a laptop, so that the code alone is enough to enrol.
 * @param ca PEM. @param port where laptops enrol; default: the configured port.
 * @throws {SiteError} enrolmentOff when there is no port for it.
 */
export function siteFileOf(config: Config, ca: string, port: number = config.enrol?.port ?? 0): SiteFile {
  if (port === 0) throw new SiteError('enrolmentOff', 'This site has no enrolment port ("enrol" in its config.json).');
  return v.parse(siteFileSchema, {
    version: 1,
    site: config.site.name,
    enrol: { host: config.hosts[0]!, port },
    fingerprint: caFingerprint(ca),
  } satisfies SiteFile);
}
