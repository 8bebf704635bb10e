import { type ReactNode, useState } from 'react';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { Enrol } from '../features/enrol/enrol.tsx';
import { Laptop } from '../features/laptop/laptop.tsx';
import { Ready } from '../features/start/ready.tsx';
import { Unusable } from '../features/start/unusable.tsx';
import { Lift } from '../features/unlock/lift.tsx';
import { Unlock } from '../features/unlock/unlock.tsx';
import { useBridge } from './bridge.ts';
import type { DeviceStore, SeenDevice } from './device-store.ts';
import { useText } from './text.ts';

export type DeviceScreenProps = Readonly<{
  seen: SeenDevice;
  device: DeviceStore;
  version: string;
  standIn: boolean;
  footer: ReactNode;
  /** Whether the page of this laptop is open, rather than the connect screen. */
  laptop: boolean;
  onLaptop: (open: boolean) => void;
  busy: boolean;
  onConnect: () => void;
}>;

type Site = Extract<DeviceStatus, { state: 'notEnrolled' }>['site'];

/** The screens outside a session, by what the laptop knows of itself. */
export function DeviceScreen(props: DeviceScreenProps) {
  const { seen, device, version, standIn, footer, laptop, onLaptop, busy, onConnect } = props;
  const bridge = useBridge();
  const status = seen.state;
  const common = { standIn, footer };
  /** Set while main registers the laptop: its status is `open` before all is done. */
  const [enrolling, setEnrolling] = useState<Readonly<{ site: Site }> | null>(null);
  const [registered, setRegistered] = useState(false);

  if (status.state === 'notEnrolled' || enrolling !== null) {
    const site = status.state === 'notEnrolled' ? status.site : (enrolling?.site ?? null);
    return (
      <Enrol
        {...common}
        site={site}
        device={device}
        onRunning={(running, done) => {
          setEnrolling(running ? { site } : null);
          setRegistered(done);
        }}
      />
    );
  }
  switch (status.state) {
    case 'locked':
      return <Unlock {...common} status={status} device={device} />;
    case 'pinLocked':
      return <PinLocked {...common} status={status} device={device} />;
    case 'failed':
      return (
        <Unusable
          {...common}
          failure={status.failure}
          seenAt={seen.seenAt}
          version={version}
          onAgain={() => void device.refresh()}
          onQuit={() => void bridge.app.quit().catch(() => undefined)}
        />
      );
    case 'open':
      if (status.hold !== null) return <Held {...common} status={status} hold={status.hold} device={device} />;
      if (laptop) {
        return (
          <Laptop
            {...common}
            status={status}
            onBack={() => onLaptop(false)}
            onLock={() => {
              onLaptop(false);
              setRegistered(false);
              bridge.device.lock().then(device.see, () => device.refresh());
            }}
            onTried={device.refresh}
          />
        );
      }
      return <Ready {...common} desk={status.desk} registered={registered} busy={busy} onConnect={onConnect} />;
    default:
      return status satisfies never;
  }
}

type Locked<S extends DeviceStatus['state']> = Readonly<{
  status: Extract<DeviceStatus, { state: S }>;
  device: DeviceStore;
  standIn: boolean;
  footer: ReactNode;
}>;

function PinLocked({ status, ...rest }: Locked<'pinLocked'>) {
  const { text } = useText();
  const facts = [[text('ended.device'), status.label] as const];
  return <Lift {...rest} reason="pinLocked" challenge={status.challenge} facts={facts} />;
}

type Hold = NonNullable<Extract<DeviceStatus, { state: 'open' }>['hold']>;

function Held({ status, hold, ...rest }: Locked<'open'> & Readonly<{ hold: Hold }>) {
  const { text, date, dateTime } = useText();
  const facts: (readonly [string, string])[] = [[text('ended.device'), status.device.label]];
  if (hold.reason === 'leaseOver' && status.lease !== null) facts.push([text('laptop.lease'), date(status.lease)]);
  if (hold.reason === 'offlineTooLong') facts.push([text('laptop.lastContact'), dateTime(status.lastContact)]);
  return <Lift {...rest} reason={hold.reason} challenge={hold.challenge} facts={facts} />;
}
