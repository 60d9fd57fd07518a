import type { Client } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { Directory } from '@pocket/directory'
import type { ClientChange } from './settings/field.ts'

/** Replaces user IDs by user names in the client's user name overrides. */
export async function withUserNames(users: Directory, client: Client): Promise<Client> {
  const entries = Object.entries(client.protocol.userNames)
  if (entries.length === 0) return client
  const existingUsers = await users.findMany(entries.map(([id]) => id))
  const names = new Map(existingUsers.map(({ id, userName }) => [id, userName]))
  const overrides = entries.map(([id, as]) => [names.get(id) ?? id, as] as const)
  return { ...client, protocol: { ...client.protocol, userNames: Object.fromEntries(overrides) } }
}

/** The reverse conversion. @throws {InvalidInputError} `validation_failed` on `protocol.userNames` if a user name does not exist */
export async function withUserIds(users: Directory, change: ClientChange): Promise<ClientChange> {
  const entries = Object.entries(change.protocol?.userNames ?? {})
  if (entries.length === 0) return change
  const overrides = await Promise.all(
    entries.map(async ([name, as]) => {
      const user = (await users.findByName(name)) ?? (await users.find(name))
      if (user) return [user.id, as] as const
      const fields = [{ field: 'protocol.userNames', code: 'unknown', message: 'must be an existing user name' }]
      throw new InvalidInputError('validation_failed', 'The client is not valid.', { fields })
    }),
  )
  return { ...change, protocol: { ...change.protocol, userNames: Object.fromEntries(overrides) } }
}
