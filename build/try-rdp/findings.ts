import type { Negotiation, StandardRdp } from './probe/negotiation.ts';
import type { SignIn } from './probe/sign-in.ts';
import type { Asked } from './probe/target.ts';
import type { CredsspFacts, TlsFacts } from './probe/tls.ts';
import type { KeyFacts } from './session/keys.ts';
import type { Measured, ScreenFacts } from './session/measure.ts';
import type { ResizeFacts } from './session/resize.ts';

/**
 * What the steps have found out, as far as they came. INVARIANT: numbers, dates, yes and no, and words of our own or of a
 * specification; nothing that names a person, a machine or an address, and no text of the host's.
 */
export type Findings = {
  negotiation?: Negotiation;
  standardRdp?: StandardRdp;
  tls?: TlsFacts;
  credssp?: CredsspFacts;
  signIn?: Partial<Readonly<Record<Asked, SignIn>>>;
  connected?: Readonly<{
    /** From the press of the button, ms, by stage. */
    stages: Readonly<Record<string, number | null>>;
    /** Seconds until the picture was seen, the one-time password and the dialog included. */
    firstPictureSeconds: number;
  }>;
  /** At the end of the session. */
  screen?: ScreenFacts;
  fps?: Partial<Record<'drag' | 'scroll' | 'pointer', Measured>>;
  keys?: KeyFacts;
  resize?: ResizeFacts;
  signOut?: Readonly<{ remains: 'clean' | 'found' | 'unknown' }>;
};
