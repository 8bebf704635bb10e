import { type ReactNode, useEffect, useState } from 'react';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { DeviceStatus, EnrolInspect, EnrolOffer, EnrolStep, ImportedCertificate } from '#contract/ipc/state.ts';
import { useBridge } from '../../app/bridge.ts';
import type { DeviceStore } from '../../app/device-store.ts';
import { readFailure } from '../../app/failure.ts';
import { CodeStep } from './code-step.tsx';
import { OfficeStep } from './office-step.tsx';
import { PinStep } from './pin-step.tsx';
import { ProgressStep } from './progress-step.tsx';
import './enrol.css';

type Site = Extract<DeviceStatus, { state: 'notEnrolled' }>['site'];

export type EnrolProps = Readonly<{
  site: Site;
  device: DeviceStore;
  standIn: boolean;
  footer: ReactNode;
  /** While it runs the device's status changes under way; `registered`: it has ended well. */
  onRunning: (running: boolean, registered: boolean) => void;
}>;

type Place =
  | Readonly<{ step: 'code' }>
  | Readonly<{ step: 'office' | 'pin'; offer: EnrolOffer }>
  | Readonly<{ step: 'progress'; offer: EnrolOffer; present: EnrolStep | null }>;

/** What only another code, another office or another certificate can mend. */
const fromTheCode: readonly ErrorName[] = [
  'alreadyEnrolled',
  'enrolCodeMistyped',
  'enrolCodeWrong',
  'enrolCodeExpired',
  'enrolCodeUsed',
  'enrolTooManyTries',
  'enrolOfficeUnknown',
  'enrolOfficeDiffers',
  'certificatePasswordWrong',
  'certificateFileDamaged',
  'certificateUnsuitable',
];

/** First run: the code, the office that it leads to, a PIN, and then main does the rest. */
export function Enrol({ site, device, standIn, footer, onRunning }: EnrolProps) {
  const bridge = useBridge();
  const [place, setPlace] = useState<Place>({ step: 'code' });
  const [failure, setFailure] = useState<Failure | null>(null);
  const [imported, setImported] = useState<ImportedCertificate | null>(null);
  const common = { standIn, footer };

  useEffect(
    () => bridge.enrol.onStep((present) => setPlace((now) => (now.step === 'progress' ? { ...now, present } : now))),
    [bridge],
  );

  const go = (next: Place, why: Failure | null = null) => {
    setFailure(why);
    setPlace(next);
  };

  /** @returns why it did not work; the code step stays as it is then. */
  const inspect = async (input: EnrolInspect): Promise<Failure | null> => {
    try {
      go({ step: 'office', offer: await bridge.enrol.inspect(input) });
      return null;
    } catch (error) {
      return readFailure(error);
    }
  };

  const run = async (offer: EnrolOffer, pin: string) => {
    go({ step: 'progress', offer, present: null });
    onRunning(true, false);
    try {
      device.see(await bridge.enrol.run({ accepted: offer.fingerprint, pin, imported: imported !== null }));
      onRunning(false, true);
    } catch (error) {
      const why = readFailure(error);
      // Whatever was reached: if the laptop is registered in spite of it, that is the screen to show.
      await device.refresh();
      if (fromTheCode.includes(why.reason)) go({ step: 'code' }, why);
      else if (why.reason === 'pinWeak') go({ step: 'pin', offer }, why);
      else setFailure(why);
      onRunning(false, false);
    }
  };

  switch (place.step) {
    case 'code':
      return (
        <CodeStep
          {...common}
          site={site}
          failure={failure}
          imported={imported}
          onImported={setImported}
          onInspect={inspect}
        />
      );
    case 'office':
      return (
        <OfficeStep
          {...common}
          offer={place.offer}
          onBack={() => go({ step: 'code' })}
          onAccept={() => go({ step: 'pin', offer: place.offer })}
        />
      );
    case 'pin':
      return (
        <PinStep
          {...common}
          failure={failure}
          onBack={() => go({ step: 'office', offer: place.offer })}
          onPin={(pin) => void run(place.offer, pin)}
        />
      );
    case 'progress':
      return (
        <ProgressStep
          {...common}
          present={place.present}
          failure={failure}
          onRetry={() => go({ step: 'pin', offer: place.offer })}
          onRestart={() => go({ step: 'code' })}
        />
      );
    default:
      return place satisfies never;
  }
}
