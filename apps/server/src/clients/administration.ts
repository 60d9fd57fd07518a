import type {
  AuditEvent,
  AuditSink,
  Client,
  ClientInput,
  Clients,
  MintedSecret,
  NewClientInput,
  RequestOrigin,
  SecretInput,
} from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import { clientNotFound, inContractTerms } from './contract-errors.ts'

/** Who changes something, and from where. */
export interface Administrator {
  readonly accountId: string
  readonly origin: RequestOrigin
}

export interface AdministrationPorts {
  readonly clients: Clients
  readonly audit: AuditSink
}

type ClientEvent = Extract<AuditEvent, { readonly event: `client_${string}`; readonly accountId?: string }>

/** What administrators do with clients through the API, each with its entry in the audit log. */
export function createClientAdministration({ clients, audit }: AdministrationPorts) {
  const record = ({ accountId, origin }: Administrator, event: ClientEvent) =>
    audit.record({ ...event, accountId }, origin)

  const existing = async (id: string): Promise<Client> => {
    const client = await clients.find(id)
    if (!client) throw clientNotFound()
    return client
  }

  return {
    existing,

    async create(by: Administrator, input: NewClientInput): Promise<Client> {
      const client = await inContractTerms(() => clients.create(input))
      await record(by, { event: 'client_created', clientId: client.id })
      return client
    },

    async update(by: Administrator, id: string, input: ClientInput): Promise<Client> {
      const before = await existing(id)
      const client = await inContractTerms(() => clients.update(id, input))
      const fields = changedFields(before, client)
      if (fields.length > 0) await record(by, { event: 'client_updated', clientId: id, fields })
      return client
    },

    async remove(by: Administrator, id: string): Promise<void> {
      if (!(await clients.remove(id))) throw clientNotFound()
      await record(by, { event: 'client_removed', clientId: id })
    },

    async setAllowedGroups(by: Administrator, id: string, groupIds: readonly string[]): Promise<Client> {
      const client = await inContractTerms(() => clients.setAllowedGroups(id, groupIds))
      await record(by, { event: 'client_groups_changed', clientId: id, groupIds: client.allowedGroupIds })
      return client
    },

    async setAllowedTo(by: Administrator, groupId: string, clientIds: readonly string[]): Promise<void> {
      await clients.setAllowedTo(groupId, clientIds)
      const allowed = (await clients.allowedTo(groupId)).map(({ id }) => id)
      const event = { event: 'group_clients_changed', groupId, clientIds: allowed, by: by.accountId } as const
      await audit.record(event, by.origin)
    },

    async addSecret(by: Administrator, id: string, input: SecretInput): Promise<MintedSecret> {
      const minted = await inContractTerms(() => clients.addSecret(id, input))
      await record(by, { event: 'client_secret_added', clientId: id, secretId: minted.stored.id })
      return minted
    },

    async replaceSecrets(by: Administrator, id: string): Promise<MintedSecret> {
      const { secrets } = await existing(id)
      const minted = await inContractTerms(() => clients.replaceSecrets(id))
      for (const secret of secrets)
        await record(by, { event: 'client_secret_removed', clientId: id, secretId: secret.id })
      await record(by, { event: 'client_secret_added', clientId: id, secretId: minted.stored.id })
      return minted
    },

    async removeSecret(by: Administrator, id: string, secretId: string): Promise<void> {
      const found = await inContractTerms(() => clients.removeSecret(id, secretId))
      if (!found)
        throw new NotFound('not_found', 'There is no such secret.', { details: { resource: 'oidc_client_secret' } })
      await record(by, { event: 'client_secret_removed', clientId: id, secretId })
    },
  }
}

export type ClientAdministration = ReturnType<typeof createClientAdministration>

function changedFields(before: Client, after: Client): string[] {
  const old = new Map<string, unknown>(Object.entries(before))
  return Object.entries(after)
    .filter(([name, value]) => name !== 'updatedAt' && JSON.stringify(value) !== JSON.stringify(old.get(name)))
    .map(([name]) => name)
}
