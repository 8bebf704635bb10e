import type { SessionRecords } from '../store/session-records.ts';
import type { Store } from '../store/store.ts';
import type { Opened } from './with-store.ts';

type Session = NonNullable<ReturnType<SessionRecords['session']>>;
export type Filter = Readonly<Partial<Record<'desk' | 'user' | 'device', string>>>;

/** SQLite takes a negative limit as none. */
const unlimited = -1;

/** Live sessions that fit every value given. */
export function liveSessions(store: Store, { desk, user, device }: Filter): Session[] {
  return store
    .sessions({ all: false, limit: unlimited })
    .filter((row) => (desk ?? row.desk) === row.desk && (user ?? row.user) === row.user)
    .filter((row) => (device ?? row.device) === row.device);
}

/** Asks the serving process to end a session, and writes down who did. @returns false when it is over already. */
export function askEnd({ store, audit, actor }: Opened, { sid, device, user, desk }: Session): boolean {
  if (!store.requestEnd(sid)) return false;
  audit.append({ actor, action: 'session.endAsked', device, user, desk, details: { sid } });
  return true;
}
