import { ArrowLeft, CircleCheck } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Fingerprint } from '../../components/fingerprint.tsx';
import { Page } from '../../components/page.tsx';
import { Tell } from '../../components/tell.tsx';
import { ChangePinDialog } from './change-pin-dialog.tsx';
import './laptop.css';

type Open = Extract<DeviceStatus, { state: 'open' }>;

export type LaptopProps = Readonly<{
  status: Open;
  standIn: boolean;
  footer: ReactNode;
  onBack: () => void;
  onLock: () => void;
  /** The device's status may have changed by what was tried here. */
  onTried: () => Promise<void>;
}>;

/** What this laptop is: whose, until when, and how well it stands with the office. */
export function Laptop({ status, standIn, footer, onBack, onLock, onTried }: LaptopProps) {
  const { text } = useText();
  const [changing, setChanging] = useState(false);
  const [changed, setChanged] = useState(false);
  const change = useRef<HTMLButtonElement>(null);
  // Escape gives the keyboard back to the button by itself; a dialog that its own success closes does not.
  useEffect(() => {
    if (changed) change.current?.focus();
  }, [changed]);
  return (
    <Page
      screen="laptop"
      standIn={standIn}
      footer={footer}
      icon={
        <div className="page__back">
          <Button kind="quiet" icon={<ArrowLeft size={20} aria-hidden="true" />} onPress={onBack}>
            {text('common.back')}
          </Button>
        </div>
      }
      heading={
        <>
          <span className="laptop__this">{text('laptop.title')}</span> {status.device.label}
        </>
      }
    >
      <Facts status={status} />
      <p className="laptop__changed" role="status">
        {changed ? (
          <>
            <CircleCheck size={24} aria-hidden="true" />
            {text('changePin.done')}
          </>
        ) : null}
      </p>
      <div className="page__actions laptop__actions">
        <Button
          ref={change}
          onPress={() => {
            setChanged(false);
            setChanging(true);
          }}
        >
          {text('laptop.changePin')}
        </Button>
        <Button onPress={onLock}>{text('laptop.lock')}</Button>
      </div>
      <Technical status={status} />
      {changing ? (
        <ChangePinDialog
          minimum={status.pinMinimum}
          onTried={onTried}
          onClose={(done) => {
            setChanging(false);
            setChanged(done);
          }}
        />
      ) : null}
    </Page>
  );
}

function Facts({ status }: Readonly<{ status: Open }>) {
  const { text, date, dateTime } = useText();
  const { certificate, lease } = status;
  return (
    <dl className="facts laptop__facts">
      <Fact name={text('laptop.user')}>{status.user.name}</Fact>
      <Fact name={text('laptop.lease')}>{lease === null ? text('laptop.noLease') : date(lease)}</Fact>
      <Fact name={text('laptop.certificate')}>
        {text('laptop.until', { date: date(certificate.until) })}
        <span className="facts__more">{text('laptop.renewal', { date: date(certificate.renewFrom) })}</span>
      </Fact>
      <Fact name={text('laptop.lastContact')}>{dateTime(status.lastContact)}</Fact>
      <Fact name={text('laptop.site')}>{status.site.name}</Fact>
    </dl>
  );
}

function Technical({ status }: Readonly<{ status: Open }>) {
  const { text } = useText();
  const { gateway, fingerprint } = status.site;
  return (
    <Tell title={text('laptop.technical')}>
      <dl className="facts">
        <Fact name={text('laptop.id')}>{status.device.id}</Fact>
        <Fact name={text('laptop.serial')}>{status.certificate.serial}</Fact>
        <Fact name={text('office.address')}>{`${gateway.host}:${gateway.port}`}</Fact>
        <Fact name={text('office.fingerprint')}>
          <Fingerprint hex={fingerprint} />
        </Fact>
      </dl>
    </Tell>
  );
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
