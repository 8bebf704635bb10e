import { md4 } from '#main/desk/rdp/md4.ts';

/** NTOWFv1 of MS-NLMP 3.3.1: what Windows and FreeRDP keep of a password. */
function ntHash(password: string): string {
  return Buffer.from(md4(Buffer.from(password, 'utf16le'))).toString('hex');
}

/** One line of the file that FreeRDP's servers look passwords up in for NLA: user, domain, LM hash, NT hash. */
export const samLine = (user: string, password: string): string => `${user}:::${ntHash(password)}:::\n`;
