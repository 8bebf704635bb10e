import * as v from 'valibot';
import { type Address, type SiteFile, siteFileSchema } from '#contract/wire/enrol.ts';
import type { SiteSecrets } from '../site/site.ts';
import { siteFileOf } from '../site/site-file.ts';

/**
 * What a laptop has to know before it enrols: where, and under which CA.
 * @param given instead of the first host and the configured port.
 * @throws {SiteError} enrolmentOff where the configuration names no port that a laptop could use.
 */
export function officeOf({ config, ca }: SiteSecrets, given: Address | undefined): SiteFile {
  const file = siteFileOf(config, ca.certificate, given?.port);
  return given === undefined ? file : v.parse(siteFileSchema, { ...file, enrol: given });
}
