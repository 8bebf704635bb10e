import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { policySchema } from '#contract/policy/policy.ts';
import { SiteError } from './files.ts';

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(253));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const listen = v.strictObject({ host: text, port });

/** Version 1 since the first; what came later is optional, so that an older folder opens. */
export const configSchema = v.strictObject({
  version: v.literal(1),
  site: v.strictObject({ name: v.pipe(text, v.maxLength(100)) }),
  /** `iss` of this gateway's grants and policies. */
  issuer: text,
  /** Names that clients connect to; the first goes into site files. */
  hosts: v.pipe(v.array(text), v.minLength(1), v.maxLength(32)),
  listen,
  /** Where laptops enrol; null: nowhere. A folder that does not say opens no second port. */
  enrol: v.optional(v.nullable(listen), null),
  /** How long a device certificate is valid, days. */
  certificateDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)), 365),
  /**
   * Rules for everybody, as they are given: the store's lie over them, and what nobody decides is as in contract/policy.
   * Whoever changes a value makes `version` larger.
   */
  policy: v.optional(v.partial(policySchema), {}),
});
export type Config = Readonly<v.InferOutput<typeof configSchema>>;

/**
 * @param path of config.json.
 * @throws {SiteError} notInitialised or damaged.
 */
export function readConfig(path: string, folder: string): Config {
  if (!existsSync(path)) {
    throw new SiteError('notInitialised', `There is no site in ${folder}; make one with "hanare-gateway init".`);
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const how = error instanceof SyntaxError ? 'cannot be read as JSON' : 'cannot be read';
    throw new SiteError('damaged', `The file ${path} ${how}.`, { cause: error });
  }
  const result = v.safeParse(configSchema, value);
  if (!result.success) {
    const at = v.getDotPath(result.issues[0]) ?? 'the top level';
    throw new SiteError('damaged', `The file ${path} is not a valid configuration (see ${at}).`);
  }
  return result.output;
}
