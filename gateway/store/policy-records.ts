import type { DatabaseSync } from 'node:sqlite';
import { DirectoryError } from './directory.ts';
import { row, rows } from './rows.ts';

/** Whom a decision is for. */
export type PolicyScope = 'site' | `group:${string}` | `user:${string}` | `device:${string}`;

export type PolicyLayerRow = Readonly<{
  scope: PolicyScope;
  /** JSON of contract/policy's Rules. */
  rules: string;
  /** When, ms since 1970, and by which account. */
  changed: number;
  actor: string;
}>;
type Membership = Readonly<{ name: string; user: string }>;

/** What the office has decided in the store. What was decided before stands in the audit log. */
export type PolicyRecords = Readonly<{
  policyLayer: (scope: PolicyScope) => PolicyLayerRow | undefined;
  policyLayers: () => PolicyLayerRow[];
  /** Grows with every change that can change a policy. */
  policySerial: () => number;
  /** Takes the place of what was decided for the scope before. */
  setPolicyLayer: (layer: PolicyLayerRow) => void;
  /** @returns false when nothing was decided there. */
  clearPolicyLayer: (scope: PolicyScope) => boolean;
  /** In alphabetical order of groups, then of people. */
  memberships: () => Membership[];
  /** In alphabetical order. */
  groupsOf: (user: string) => string[];
  /** @returns false when it was so already. @throws {DirectoryError} unknown user. */
  joinGroup: (name: string, user: string) => boolean;
  /** @returns false when it was so already. @throws {DirectoryError} unknown user. */
  leaveGroup: (name: string, user: string) => boolean;
}>;

/**
 * INVARIANT: the serial grows in the transaction of the change itself, so that no two contents of a policy share a version.
 * @param transaction as the store's.
 */
export function createPolicyRecords(
  db: DatabaseSync,
  touch: () => void,
  transaction: <T>(work: () => T) => T,
): PolicyRecords {
  const q = {
    layer: db.prepare('SELECT * FROM policy_layers WHERE scope = ?'),
    layers: db.prepare('SELECT * FROM policy_layers ORDER BY scope'),
    set: db.prepare(
      `INSERT INTO policy_layers (scope, rules, changed, actor) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (scope) DO UPDATE SET rules = ?2, changed = ?3, actor = ?4`,
    ),
    clear: db.prepare('DELETE FROM policy_layers WHERE scope = ?'),
    serial: db.prepare('SELECT serial FROM policy_serial'),
    grow: db.prepare('UPDATE policy_serial SET serial = serial + 1'),
    memberships: db.prepare('SELECT name, user FROM memberships ORDER BY name, user'),
    groupsOf: db.prepare('SELECT name FROM memberships WHERE user = ? ORDER BY name'),
    join: db.prepare('INSERT INTO memberships (name, user) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    leave: db.prepare('DELETE FROM memberships WHERE name = ? AND user = ?'),
    user: db.prepare('SELECT 1 FROM users WHERE id = ?'),
  };
  const change = (run: () => { changes: number | bigint }): boolean =>
    transaction(() => {
      const changed = run().changes > 0;
      if (changed) {
        q.grow.run();
        touch();
      }
      return changed;
    });
  const needUser = (id: string): void => {
    if (q.user.get(id) === undefined) throw new DirectoryError('unknown', `There is no user "${id}".`);
  };
  return {
    policyLayer: (scope) => row<PolicyLayerRow>(q.layer.get(scope)),
    policyLayers: () => rows<PolicyLayerRow>(q.layers.all()),
    policySerial: () => Number(q.serial.get()?.serial),
    setPolicyLayer: ({ scope, rules, changed, actor }) => void change(() => q.set.run(scope, rules, changed, actor)),
    clearPolicyLayer: (scope) => change(() => q.clear.run(scope)),
    memberships: () => rows<Membership>(q.memberships.all()),
    groupsOf: (user) => rows<{ name: string }>(q.groupsOf.all(user)).map(({ name }) => name),
    joinGroup: (name, user) => {
      needUser(user);
      return change(() => q.join.run(name, user));
    },
    leaveGroup: (name, user) => {
      needUser(user);
      return change(() => q.leave.run(name, user));
    },
  };
}
