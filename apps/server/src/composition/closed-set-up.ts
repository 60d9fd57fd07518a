import type { Transaction } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { Directory } from '@pocket/directory'
import type { SettingStore } from '../settings/setting-store.ts'

/** A row of the table of settings that is not a setting itself. */
const marker = 'setUpClosed'

/**
 * Keeps the set-up closed after a program has removed the last administrator: it would give an instance with data to its first
 * visitor. `STATIC_API_KEY` creates the next administrator.
 */
export function withClosedSetUp(directory: Directory, settings: SettingStore, transaction: Transaction): Directory {
  const isClosed = async () => (await settings.list()).some(({ key }) => key === marker)
  return {
    ...directory,
    isSetUp: async () => (await directory.isSetUp()) || (await isClosed()),
    createFirstAdministrator: (user, addPasskey) =>
      directory.createFirstAdministrator(user, async (created) => {
        if (await isClosed()) throw new ConflictError('setup_already_completed', 'The set-up is already complete.')
        await addPasskey(created)
      }),
    users: {
      ...directory.users,
      remove: (id, options) =>
        transaction(async () => {
          const removed = await directory.users.remove(id, options)
          if (removed.administrator && !(await directory.isSetUp())) await settings.put({ key: marker, value: 'true' })
          return removed
        }),
    },
  }
}
