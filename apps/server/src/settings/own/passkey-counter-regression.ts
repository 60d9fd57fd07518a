import { wordSetting } from './word.ts'

export const passkeyCounterRegression = wordSetting(
  'PASSKEY_COUNTER_REGRESSION',
  ['audit', 'refuse'],
  'What happens where the signature counter of a passkey does not rise, as after a copy was used: it is written to the audit log (`audit`), or the sign-in is refused as well (`refuse`).',
)
