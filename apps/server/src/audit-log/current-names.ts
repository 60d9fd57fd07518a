import type { PocketStores } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import { ldapActor, staticUser } from '../access/built-in-actors.ts'
import type { CurrentNames } from './audit-log.ts'

/** Built-in actors that are not in the directory. */
const builtInNames: ReadonlyMap<string, string> = new Map(
  [staticUser, ldapActor].map(({ id, userName }) => [id, userName]),
)

/** Currently stored names, read within the caller's transaction. */
export function currentNames(directory: Directory, { clients, passkeys }: PocketStores): CurrentNames {
  return {
    account: async (id) => builtInNames.get(id) ?? (await directory.find(id))?.userName ?? null,
    client: async (id) => (await clients.find(id))?.name ?? null,
    async passkey(accountId, id) {
      const userPasskeys = await passkeys.listByAccount(accountId)
      return userPasskeys.find((passkey) => passkey.id === id)?.name ?? null
    },
  }
}
