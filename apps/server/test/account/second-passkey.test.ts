import { expect, test } from '@jest/globals'
import type { Reminder } from '../../src/account/reminder.table.ts'
import { createSecondPasskey } from '../../src/account/second-passkey.ts'

test('asks from the second sign-in, and again thirty days after the user postponed a second passkey', async () => {
  const reminders = new Map<string, Reminder>()
  let now = 0
  const secondPasskey = createSecondPasskey(
    {
      find: async (accountId) => reminders.get(accountId),
      put: async (reminder) => void reminders.set(reminder.accountId, reminder),
    },
    { now: () => now },
  )
  const bound = { deviceType: 'singleDevice', createdAt: 0, lastUsedAt: 1 } as const
  const isDue = (passkeys: Parameters<typeof secondPasskey.isReminderDue>[1]) =>
    secondPasskey.isReminderDue('ada', passkeys)
  expect([await isDue([bound]), await isDue([]), await isDue([bound, bound])]).toEqual([true, false, false])
  expect(await isDue([{ ...bound, deviceType: 'multiDevice' }])).toBe(false)
  expect(await isDue([{ ...bound, lastUsedAt: null }])).toBe(false)
  expect(await isDue([{ ...bound, lastUsedAt: bound.createdAt }])).toBe(false)
  await secondPasskey.postpone('ada')
  now = 30 * 86_400_000 - 1
  expect(await isDue([bound])).toBe(false)
  now += 1
  expect(await isDue([bound])).toBe(true)
})
