import { type DeskAddress, hostAndPort } from './desk-address.ts';
import type { Office } from './office.ts';

/** Whom and what the demo's office has. */
export const demoNames = {
  ja: { site: 'みなと市(デモ)', user: '離 はなこ', desk: '総務課 デスクPC-12', label: 'デモ端末' },
  en: { site: 'Minato City (demo)', user: 'Hanako Hanare', desk: 'General Affairs PC-12', label: 'Demo laptop' },
} as const;

type Words = (typeof demoNames)[keyof typeof demoNames];

/** A person, a desk PC, and the two together. */
export async function furnish(office: Office, words: Words, desk: DeskAddress): Promise<void> {
  const how = [
    '--protocol',
    desk.protocol,
    ...(desk.protocol === 'rdp' ? ['--security', desk.security, '--certificate', 'none'] : []),
  ];
  await office.command('user', 'add', 'hanako', '--name', words.user);
  await office.command('desk', 'add', 'pc-12', '--name', words.desk, ...how, '--address', hostAndPort(desk));
  await office.command('desk', 'assign', 'pc-12', 'hanako');
}
