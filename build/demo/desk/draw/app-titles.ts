import type { AppId } from '../state/layout.ts';
import type { TextKey } from '../texts.ts';

/** The applications' names, and what their windows' title bars say. */
export const appTitles: Readonly<Record<AppId, Readonly<{ name: TextKey; title: TextKey }>>> = {
  writer: { name: 'appWriter', title: 'titleWriter' },
  sheet: { name: 'appSheet', title: 'titleSheet' },
  chat: { name: 'appChat', title: 'titleChat' },
  mail: { name: 'appMail', title: 'appMail' },
  records: { name: 'appRecords', title: 'appRecords' },
  residents: { name: 'appResidents', title: 'appResidents' },
};
