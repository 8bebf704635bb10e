import { createPolicies } from '../policy/policies.ts';
import { createDeviceOffice } from './devices.ts';
import { createEnrolment } from './enrol.ts';
import { createEntrance } from './hello.ts';
import type { Identity, IdentityParts } from './identity.ts';
import { createSeal } from './seal.ts';
import { createSignIn } from './sign-in.ts';
import { createUserOffice } from './users.ts';

export function createIdentity(parts: IdentityParts): Identity {
  const context = { ...parts, seal: createSeal(parts.site.storeKey), policies: createPolicies(parts) };
  return {
    ...createDeviceOffice(context),
    ...createUserOffice(context),
    ...createEnrolment(context),
    ...createEntrance(context),
    ...createSignIn(context),
  };
}
