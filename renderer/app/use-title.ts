import { useEffect } from 'react';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { DeviceStatus, SessionState } from '#contract/ipc/state.ts';
import { sayFailure } from './failure.ts';
import { useText } from './text.ts';

/** The window's title says which screen it is, for the task bar and for a screen reader. */
export function useTitle(
  state: SessionState,
  ended: Readonly<{ failure: Failure | null }> | null,
  device: DeviceStatus,
  /** The page that is open instead of the connect screen. */
  page: 'laptop' | 'rules' | null,
): void {
  const { text, language } = useText();
  const failed = (failure: Failure) => text('title.failed', { problem: sayFailure(failure, language).title });
  const title = (() => {
    if (state.phase === 'connected') {
      if (state.pause !== null) return text('title.paused', { name: state.desk.name });
      const silent = state.link.quality === 'silent';
      return text(silent ? 'title.silent' : 'title.connected', { name: state.desk.name });
    }
    if (state.phase === 'connecting') return text('title.connecting');
    if (page === 'rules') return text('title.rules');
    if (ended !== null) return ended.failure === null ? text('title.ended') : failed(ended.failure);
    switch (device.state) {
      case 'notEnrolled':
        return text('title.enrol');
      case 'locked':
        return text('title.unlock');
      case 'pinLocked':
        return failed({ reason: 'pinLocked', details: {} });
      case 'failed':
        return failed(device.failure);
      case 'open':
        if (device.hold !== null) return failed({ reason: device.hold.reason, details: {} });
        return text(page === 'laptop' ? 'title.laptop' : 'title.ready');
      default:
        return device satisfies never;
    }
  })();
  useEffect(() => {
    document.title = title;
  }, [title]);
}
