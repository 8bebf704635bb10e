import * as v from 'valibot';
import { anyDevice, type Origins, type Policy, type Rules, rulesSchema } from '#contract/policy/policy.ts';
import { type Layer, layPolicy } from '#contract/policy/rules.ts';
import { maxPolicyToken, policyTokenLength, signPolicy } from '../identity/policy-token.ts';
import type { SiteSecrets } from '../site/site.ts';
import type { PolicyLayerRow, PolicyRecords, PolicyScope } from '../store/policy-records.ts';

export type Effective = Readonly<{ policy: Policy; origins: Origins }>;

/** What is decided for whom, read anew at each call: other processes decide on the same store. */
export type Policies = Readonly<{
  /** What applies to a person on a laptop, and who has decided each rule. */
  effective: (device: string, user: string) => Effective;
  /** The same, signed for the laptop: a compact JWS. Rejects where it is too long for the wire. */
  token: (device: string, user: string) => Promise<string>;
  /** What applies to everybody. */
  general: () => Effective;
  /** The same, signed for any laptop: what kitting leaves on it. */
  baseline: () => Promise<string>;
  /** Decisions that apply to a person on a laptop, the weakest first. */
  layers: (device: string, user: string) => readonly Layer[];
  /** What is decided for one scope; undefined where nothing is. */
  rulesOf: (scope: PolicyScope) => Rules | undefined;
  /** Grows with every change in the store; whoever changes the configuration raises its own part. */
  version: () => number;
}>;

/** @param parts.now milliseconds since 1970. */
export function createPolicies(parts: {
  store: PolicyRecords;
  site: Pick<SiteSecrets, 'config' | 'policyKey'>;
  now: () => number;
}): Policies {
  const { store, site, now } = parts;
  const { policy: given, issuer } = site.config;
  const { version: base = 1, ...fileRules } = given;
  const file: Layer = { origin: 'file', rules: fileRules };

  /** Asked for before the layers are read: what is decided meanwhile may come early, but under no other version twice. */
  const version = (): number => base + store.policySerial();
  const rulesOf: Policies['rulesOf'] = (scope) => {
    const found = store.policyLayer(scope);
    return found && readRules(found);
  };
  const layer = (origin: string, scope: PolicyScope): Layer[] => {
    const rules = rulesOf(scope);
    return rules === undefined ? [] : [{ origin, rules }];
  };
  const general = (): Layer[] => [file, ...layer('site', 'site')];
  const layers = (device: string, user: string): Layer[] => [
    ...general(),
    ...store.groupsOf(user).flatMap((name) => layer(`group:${name}`, `group:${name}`)),
    ...layer('user', `user:${user}`),
    ...layer('device', `device:${device}`),
  ];
  const effective = (device: string, user: string): Effective => layPolicy(version(), layers(device, user));
  const sign = async (device: string, what: Effective): Promise<string> => {
    const claims = { issuer, device, ...what, now: now() };
    if (policyTokenLength(claims) > maxPolicyToken) throw new RangeError('the policy is too long to be sent');
    return signPolicy({ ...claims, key: site.policyKey });
  };

  return {
    effective,
    token: (device, user) => sign(device, effective(device, user)),
    general: () => layPolicy(version(), general()),
    baseline: () => sign(anyDevice, layPolicy(version(), general())),
    layers,
    rulesOf,
    version,
  };
}

/** @throws where it is no set of rules: nobody comes in under rules that cannot be read. */
function readRules({ rules }: Pick<PolicyLayerRow, 'rules'>): Rules {
  return v.parse(rulesSchema, JSON.parse(rules));
}
