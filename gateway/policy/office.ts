import type { Rules } from '#contract/policy/policy.ts';
import type { Audit } from '../audit/audit.ts';
import type { Actor } from '../audit/line.ts';
import { maxPolicyToken } from '../identity/policy-token.ts';
import { DirectoryError } from '../store/directory.ts';
import type { PolicyScope } from '../store/policy-records.ts';
import type { Store } from '../store/store.ts';
import type { DraftScope } from './draft.ts';
import {
  decisionsOf,
  type Foreseen,
  foresee,
  type LaptopChange,
  type LayerChange,
  type RuleChange,
} from './foresee.ts';
import type { Policies } from './policies.ts';

export type PolicyChange = Readonly<{
  /** In the layer itself; empty when it was so already. */
  layer: readonly RuleChange[];
  /** Laptops whose policy changes by it. */
  laptops: readonly LaptopChange[];
}>;

/**
 * What an administrator decides about rules, each in one transaction with its line of the audit log. Throws
 * DirectoryError: `unknown` person or laptop, `refused` where a policy would be too long; nothing was changed then.
 */
export type PolicyOffice = Readonly<{
  /** What `set` would do. */
  preview: (scope: PolicyScope, rules: Rules) => PolicyChange;
  /** Takes the place of what was decided for the scope. */
  set: (scope: PolicyScope, rules: Rules, actor: Actor) => PolicyChange;
  /** @returns undefined when nothing was decided there. */
  clear: (scope: PolicyScope, actor: Actor) => PolicyChange | undefined;
  /** @returns undefined when it was so already. */
  join: (group: string, user: string, actor: Actor) => readonly LaptopChange[] | undefined;
  leave: (group: string, user: string, actor: Actor) => readonly LaptopChange[] | undefined;
}>;

/** How much of a value the log quotes, characters. */
const mostQuoted = 120;

export function createPolicyOffice(options: {
  store: Store;
  policies: Policies;
  audit: Pick<Audit, 'append'>;
  /** Of the signed policies. */
  issuer: string;
  now: () => number;
}): PolicyOffice {
  const { store, policies, audit, issuer, now } = options;

  /** @throws {DirectoryError} refused. */
  const laptopsAfter = (change: LayerChange): readonly LaptopChange[] => {
    const { laptops, tooLong } = foresee({ store, policies, issuer, now: now() }, change);
    if (tooLong !== undefined) throw refusedAs(tooLong);
    return laptops;
  };
  const preview: PolicyOffice['preview'] = (scope, rules) => {
    needScope(store, scope);
    const layer = decisionsOf(policies.rulesOf(scope) ?? {}, rules);
    return { layer, laptops: laptopsAfter({ ...draftScope(store, scope), rules }) };
  };
  const isUnreadable = (scope: PolicyScope): boolean => {
    if (store.policyLayer(scope) === undefined) return false;
    try {
      policies.rulesOf(scope);
      return false;
    } catch {
      return true;
    }
  };
  const isMember = (group: string, user: string): boolean => {
    if (store.user(user) === undefined) throw new DirectoryError('unknown', `There is no user "${user}".`);
    return store.groupsOf(user).includes(group);
  };

  return {
    preview,
    set: (scope, rules, actor) =>
      store.transaction(() => {
        const change = preview(scope, rules);
        if (change.layer.length === 0) return change;
        if (Object.keys(rules).length === 0) store.clearPolicyLayer(scope);
        else store.setPolicyLayer({ scope, rules: JSON.stringify(rules), changed: now(), actor: actor.name });
        audit.append({ actor, action: 'policy.set', ...about(scope), details: { scope, rules: quoted(change.layer) } });
        return change;
      }),
    clear: (scope, actor) =>
      store.transaction(() => {
        needScope(store, scope);
        if (isUnreadable(scope)) {
          // Nothing can be foreseen of it, and nobody it is for comes in; only this command brings them back.
          store.clearPolicyLayer(scope);
          const details = { scope, unreadable: true };
          audit.append({ actor, action: 'policy.cleared', ...about(scope), details });
          return { layer: [], laptops: [] };
        }
        const before = policies.rulesOf(scope);
        if (before === undefined) return undefined;
        const layer = decisionsOf(before, {});
        const laptops = laptopsAfter({ ...draftScope(store, scope), rules: undefined });
        store.clearPolicyLayer(scope);
        audit.append({ actor, action: 'policy.cleared', ...about(scope), details: { scope, rules: quoted(layer) } });
        return { layer, laptops };
      }),
    join: (group, user, actor) =>
      store.transaction(() => {
        if (isMember(group, user)) return undefined;
        const laptops = laptopsAfter(ofMember(group, user, policies.rulesOf(`group:${group}`)));
        store.joinGroup(group, user);
        audit.append({ actor, action: 'group.joined', user, details: { group } });
        return laptops;
      }),
    leave: (group, user, actor) =>
      store.transaction(() => {
        if (!isMember(group, user)) return undefined;
        const laptops = laptopsAfter(ofMember(group, user, undefined));
        store.leaveGroup(group, user);
        audit.append({ actor, action: 'group.left', user, details: { group } });
        return laptops;
      }),
  };
}

/** What a group decides, for one person alone. */
function ofMember(group: string, user: string, rules: Rules | undefined): LayerChange {
  return { origin: `group:${group}`, covers: (_, who) => who === user, rules };
}

type Subject = Readonly<{ user?: string; device?: string }>;

/** Whom a line of the log is about, for those who look for it. */
function about(scope: PolicyScope): Subject {
  const [kind, id] = parts(scope);
  return kind === 'user' || kind === 'device' ? { [kind]: id } : {};
}

function parts(scope: PolicyScope): readonly [string, string] {
  const at = scope.indexOf(':');
  return at < 0 ? [scope, ''] : [scope.slice(0, at), scope.slice(at + 1)];
}

/** A group need not have members yet. */
function needScope(store: Store, scope: PolicyScope): void {
  const { user, device } = about(scope);
  const missing =
    (user !== undefined && store.user(user) === undefined) ||
    (device !== undefined && store.device(device) === undefined);
  if (missing) throw new DirectoryError('unknown', `There is no ${parts(scope).join(' "')}".`);
}

function draftScope(store: Store, scope: PolicyScope): DraftScope {
  if (scope === 'site') return { origin: 'site', covers: () => true };
  const [kind, id] = parts(scope);
  if (kind === 'group') return { origin: `group:${id}`, covers: (_, user) => store.groupsOf(user).includes(id) };
  return kind === 'user'
    ? { origin: 'user', covers: (_, user) => user === id }
    : { origin: 'device', covers: (device) => device === id };
}

function refusedAs({ device, length }: NonNullable<Foreseen['tooLong']>): DirectoryError {
  const whose = device === null ? 'A policy' : `The policy of laptop "${device}"`;
  const size = `${length} characters, at most ${maxPolicyToken}`;
  const hint = 'Days off and networks take most';
  return new DirectoryError(
    'refused',
    `${whose} would be too long to be sent (${size}). ${hint}; nothing was changed.`,
  );
}

/** Rule by rule, as short JSON; null for what was or is not decided there. */
function quoted(changes: readonly RuleChange[]): Record<string, { from: string | null; to: string | null }> {
  const quote = (value: unknown): string | null => {
    if (value === undefined) return null;
    const text = JSON.stringify(value);
    return text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text;
  };
  return Object.fromEntries(
    changes.map(({ rule, before, after }) => [rule, { from: quote(before), to: quote(after) }]),
  );
}
