import { choiceSetting } from './choice.ts'

export const passkeyCounterRegression = choiceSetting(
  'PASSKEY_COUNTER_REGRESSION',
  ['audit', 'refuse'],
  "What happens if a passkey's signature counter does not increase, which can mean a cloned passkey: an audit event (`audit`), or a rejected sign-in as well (`refuse`).",
)
