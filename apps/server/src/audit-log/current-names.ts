import type { PocketStores } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import { commandLineUser, configurationFileUser, ldapActor, staticUser } from '../access/built-in-actors.ts'
import type { CurrentNames } from './audit-log.ts'

/** Built-in actors that are not in the directory. */
const builtInNames: ReadonlyMap<string, string> = new Map(
  [staticUser, commandLineUser, configurationFileUser, ldapActor].map(({ id, userName }) => [id, userName]),
)

/** Currently stored names, read within the caller's transaction. */
export function currentNames(directory: Directory, { clients, passkeys }: PocketStores): CurrentNames {
  return {
    async accounts(ids) {
      const storedIds = ids.filter((id) => !builtInNames.has(id))
      const [onlyId] = storedIds
      // A sign-in has already read its account, and a request reads an account once.
      const only = storedIds.length === 1 && onlyId !== undefined ? await directory.accounts.find(onlyId) : undefined
      const users = only ? [only] : storedIds.length === 0 ? [] : await directory.findMany(storedIds)
      return new Map([...builtInNames, ...users.map(({ id, userName }) => [id, userName] as const)])
    },
    client: async (id) => (await clients.findCached(id))?.name ?? null,
    async passkey(accountId, id) {
      const userPasskeys = await passkeys.listByAccount(accountId)
      return userPasskeys.find((passkey) => passkey.id === id)?.name ?? null
    },
  }
}
