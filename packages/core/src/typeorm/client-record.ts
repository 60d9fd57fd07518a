import type { Client, ClientRecord } from '../clients/client.ts'
import { nameKey } from '../clients/client-list.ts'
import { defaultProtocol } from '../clients/protocol.ts'
import { differencesFromDefaults } from '../clients/protocol-input.ts'
import type { StoredClient } from './client.table.ts'

export function toStoredClient({ allowedGroupIds: _, ...client }: Client): StoredClient {
  return { ...client, protocol: differencesFromDefaults(client.protocol), nameKey: nameKey(client.name), network: null }
}

export function toClientRecord({
  nameKey: _nameKey,
  network: _network,
  protocol,
  ...record
}: StoredClient): ClientRecord {
  return { ...record, protocol: { ...defaultProtocol, ...protocol } }
}
