import { describe, expect, it } from 'vitest';
import { protocol, Session, session } from '#build/standin/session.ts';

protocol.registerSchemesAsPrivileged([{ scheme: 'unit', privileges: { standard: true, secure: true } }]);

function serving(): Session {
  const created = new Session('x');
  created.protocol.handle('unit', (request) => new Response(request.url, { headers: { 'x-own': '1' } }));
  return created;
}

describe('a session', () => {
  it('is one object for each partition', () => {
    expect(session.fromPartition('a')).toBe(session.fromPartition('a'));
    expect(session.fromPartition('a')).not.toBe(session.defaultSession);
  });

  it('takes registered, standard, secure schemes only', () => {
    expect(() => new Session('y').protocol.handle('nobody', () => new Response())).toThrow(
      'no protocol handler for nobody',
    );
    expect(() => protocol.registerSchemesAsPrivileged([{ scheme: 'plain' }])).toThrow('standard, secure schemes only');
  });

  it('answers by the handler and refuses what has none', async () => {
    const answer = await serving().answer(new Request('unit://ui/a?b'));
    expect([await answer.text(), answer.headers.get('x-own')]).toEqual(['unit://ui/a?b', '1']);
    expect((await new Session('z').answer(new Request('unit://ui/a'))).type).toBe('error');
  });

  it('applies the rules of webRequest', async () => {
    const created = serving();
    created.webRequest.onBeforeRequest(
      { urls: ['unit://ui/no*'] },
      (_details: unknown, done: (answer: object) => void) => done({ cancel: true }),
    );
    created.webRequest.onHeadersReceived(
      ({ responseHeaders }: { responseHeaders: object }, done: (answer: object) => void) =>
        done({ responseHeaders: { ...responseHeaders, 'x-more': ['2'] } }),
    );
    expect((await created.answer(new Request('unit://ui/nothing'))).type).toBe('error');
    const answer = await created.answer(new Request('unit://ui/yes'));
    expect([answer.headers.get('x-own'), answer.headers.get('x-more')]).toEqual(['1', '2']);
  });

  it('gives permissions as the check says, none when only requests are handled, all without rules', () => {
    const created = new Session('p');
    expect(created.allows(null, 'media', 'unit://ui')).toBe(true);
    created.setPermissionRequestHandler(() => {});
    expect(created.allows(null, 'media', 'unit://ui')).toBe(false);
    created.setPermissionCheckHandler(
      (_contents, permission, origin) => permission === 'media' && origin === 'unit://ui/',
    );
    expect(created.allows(null, 'media', 'unit://ui')).toBe(true);
    expect(created.allows(null, 'midi', 'unit://ui')).toBe(false);
  });

  it('takes what an app wants emptied, and whatever keeps devices and screens from pages', async () => {
    const created = new Session('q');
    await Promise.all([
      ...[created.clearStorageData(), created.clearCache(), created.clearAuthCache()],
      ...[created.clearHostResolverCache(), created.clearCodeCaches(), created.clearSharedDictionaryCache()],
    ]);
    const refuse = () => {
      throw new Error('never asked');
    };
    (created.setDisplayMediaRequestHandler as (handler: unknown) => void)(refuse);
    (created.setUSBProtectedClassesHandler as (handler: unknown) => void)(refuse);
    for (const event of ['select-usb-device', 'select-hid-device', 'select-serial-port']) created.on(event, refuse);
    expect(created.listenerCount('select-serial-port')).toBe(1);
  });
});
