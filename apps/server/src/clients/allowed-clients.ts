import type { Clients } from '@pocket/core'
import { clientMetaDto } from './client-dto.ts'

/** The restricted clients that a group may use, as `OidcClientMetaDataDto`. */
export function createAllowedClients(clients: Pick<Clients, 'allowedTo'>) {
  return async (groupId: string) => (await clients.allowedTo(groupId)).map(clientMetaDto)
}
