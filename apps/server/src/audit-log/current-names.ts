import type { ClientStore, PasskeyStore } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import { ldapActor, staticUser } from '../access/built-in-actors.ts'
import type { CurrentNames } from './audit-log.ts'

export interface CurrentNamesPorts {
  readonly directory: Pick<Directory, 'find'>
  readonly clients: Pick<ClientStore, 'find'>
  readonly passkeys: Pick<PasskeyStore, 'listByAccount'>
}

/** Built-in actors that are not in the directory. */
const builtInNames: ReadonlyMap<string, string> = new Map(
  [staticUser, ldapActor].map(({ id, userName }) => [id, userName]),
)

/** Currently stored names, read within the caller's transaction. */
export function currentNames({ directory, clients, passkeys }: CurrentNamesPorts): CurrentNames {
  return {
    account: async (id) => builtInNames.get(id) ?? (await directory.find(id))?.userName ?? null,
    client: async (id) => (await clients.find(id))?.name ?? null,
    async passkey(accountId, id) {
      const userPasskeys = await passkeys.listByAccount(accountId)
      return userPasskeys.find((passkey) => passkey.id === id)?.name ?? null
    },
  }
}
