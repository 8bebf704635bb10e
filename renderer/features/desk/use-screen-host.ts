import { useLayoutEffect, useState } from 'react';
import { useBridge } from '../../app/bridge.ts';
import type { SessionStore } from '../../app/session-store.ts';
import type { DeskSignals } from './desk.tsx';
import { createScreenHost, type ScreenHost } from './screen-host.ts';

/** The screen's host for the life of the window, fed by the session store itself so that no state is batched away. */
export function useScreenHost(session: SessionStore, screenUrl: string): { host: ScreenHost; signals: DeskSignals } {
  const bridge = useBridge();
  const [made] = useState(() => {
    const leaving = new Set<() => void>();
    const hiding = new Set<() => void>();
    const tell = (listeners: ReadonlySet<() => void>) => {
      for (const listener of listeners) listener();
    };
    const listen = (listeners: Set<() => void>) => (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    const host = createScreenHost({
      session: bridge.session,
      screenUrl,
      page: window,
      onLeave: () => tell(leaving),
      onHide: () => tell(hiding),
    });
    const signals: DeskSignals = { onLeave: listen(leaving), onHide: listen(hiding) };
    return { host, signals };
  });

  // In the same task that puts the frame into the page: a later effect could come after the frame's only `screen.ready`.
  useLayoutEffect(() => {
    const { host } = made;
    const tell = () => {
      const seen = session.get();
      if (seen !== null) host.sessionChanged(seen.state);
    };
    const stopListening = host.listen();
    const stopFollowing = session.subscribe(tell);
    tell();
    return () => {
      stopFollowing();
      stopListening();
    };
  }, [made, session]);

  return made;
}
