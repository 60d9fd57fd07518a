import type { Clock, Passkey } from '@pocket/core'
import type { ReminderStore } from './reminder-store.ts'

/** How long a reminder stays hidden, in milliseconds. */
const remindInterval = 30 * 86_400_000

/** Asks users whose only passkey is bound to one device to add another one: from the second sign-in, and then monthly. */
export interface SecondPasskey {
  /** Whether to interrupt the sign-in of a user who has just used the passkey. If so, the reminder is hidden for the next month. */
  remindAfterSignIn(accountId: string, passkeys: readonly Pick<Passkey, 'deviceType'>[]): Promise<boolean>
  isReminderDue(
    accountId: string,
    passkeys: readonly Pick<Passkey, 'deviceType' | 'createdAt' | 'lastUsedAt'>[],
  ): Promise<boolean>
  postpone(accountId: string): Promise<void>
}

export function hasOnlyOneDevice(passkeys: readonly Pick<Passkey, 'deviceType'>[]): boolean {
  return passkeys.length === 1 && passkeys[0]?.deviceType === 'singleDevice'
}

export function createSecondPasskey(store: Pick<ReminderStore, 'find' | 'put'>, clock: Clock): SecondPasskey {
  const postpone = (accountId: string) => store.put({ accountId, putOffAt: clock.now() })
  const isDue = async (accountId: string, passkeys: readonly Pick<Passkey, 'deviceType'>[]) => {
    if (!hasOnlyOneDevice(passkeys)) return false
    const reminder = await store.find(accountId)
    return reminder === undefined || clock.now() - reminder.putOffAt >= remindInterval
  }
  return {
    async remindAfterSignIn(accountId, passkeys) {
      const reminds = await isDue(accountId, passkeys)
      if (reminds) await postpone(accountId)
      return reminds
    },
    async isReminderDue(accountId, passkeys) {
      const [passkey] = passkeys
      // Used for a sign-in after the registration.
      const isUsed = passkey && passkey.lastUsedAt !== null && passkey.lastUsedAt > passkey.createdAt
      return isUsed === true && isDue(accountId, passkeys)
    },
    postpone,
  }
}
