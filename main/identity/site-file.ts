import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type SiteFile, siteFileSchema } from '#contract/wire/enrol.ts';

/** The installer's site.json. Null when there is none or it is not of its form: then a person says which office. */
export async function readSiteFile(path: string): Promise<SiteFile | null> {
  try {
    const site = v.safeParse(siteFileSchema, JSON.parse(await readFile(path, 'utf8')));
    return site.success ? site.output : null;
  } catch {
    return null;
  }
}
