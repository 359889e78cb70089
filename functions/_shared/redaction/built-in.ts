import { findCards } from './card.ts';
import type { Detector } from './detector.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findPhones } from './phone.ts';
import { findTokens } from './token.ts';

/** The kinds that come with the gateway, by the name that config.yaml and the books know them by. */
export const builtIn = {
  email: findEmails,
  phone: findPhones,
  card: findCards,
  iban: findIbans,
  token: findTokens,
} satisfies Record<string, Detector>;
