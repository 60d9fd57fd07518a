import type { Clients } from '@pocket/core'
import { clientMetaDto } from './client-dto.ts'

/** The clients that allow a group, as `OidcClientMetaDataDto`. */
export function createAllowedClients(clients: Pick<Clients, 'allowedTo'>) {
  return async (groupId: string) => (await clients.allowedTo(groupId)).map(clientMetaDto)
}
