import type { Clock } from '../clock.ts'
import type { Transaction } from '../transaction.ts'
import type { Challenges } from './challenges.ts'
import type { PasskeyStore } from './passkey-store.ts'
import type { ReadPasskeyPolicy, RelyingParty } from './policy.ts'

export interface CeremonyContext {
  readonly relyingParty: RelyingParty
  readonly policy: ReadPasskeyPolicy
  readonly challenges: Challenges
  readonly passkeys: PasskeyStore
  readonly clock: Clock
  readonly transaction: Transaction
}
