import type {
  AuditEvent,
  Client,
  ClientInput,
  ClientSecret,
  NewClientInput,
  NewClientSecret,
  SecretInput,
} from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { changesBetween, clientChanges } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import type { Deps } from '../http/deps.ts'

type ClientEvent = Exclude<
  Extract<AuditEvent, { readonly event: `client_${string}`; readonly accountId?: string }>,
  { readonly event: 'client_registered' }
>

/**
 * Client administration with audit log entries.
 *
 * @param translateErrors - translates core's errors to the terms of the caller
 */
export function createClientAdministration(
  { pocket, audit, transaction }: Deps,
  translateErrors: <T>(action: () => Promise<T>) => Promise<T> = (action) => action(),
) {
  const { clients } = pocket
  const record = ({ id, origin }: Actor, event: ClientEvent) => audit.record({ ...event, accountId: id }, origin)

  const recordAddedSecret = async (actor: Actor, clientId: string, secret: ClientSecret) => {
    await pocket.recordCredential(actor.origin, { kind: 'client_secret', subject: secret.id, label: clientId })
    await record(actor, secretAddedEvent(clientId, secret))
  }

  const getClient = async (id: string): Promise<Client> => {
    const client = await clients.find(id)
    if (!client) throw clientNotFound()
    return client
  }

  /** Loads the client to be changed and checks the caller's precondition, if any. */
  const lockClient = async (actor: Actor, id: string): Promise<Client> => {
    const client = await clients.findForUpdate(id)
    if (!client) throw clientNotFound()
    assertUnchanged(actor, clientValidator(client))
    return client
  }

  const setGroups = async (actor: Actor, before: Client, groupIds: readonly string[]): Promise<Client> => {
    const client = await translateErrors(() => clients.setAllowedGroups(before.id, groupIds))
    const changes = changesBetween(groupsOf(before), groupsOf(client))
    const event = { event: 'client_groups_changed', clientId: before.id, groupIds: client.allowedGroupIds } as const
    if (changes.changes) await record(actor, { ...event, ...changes })
    return client
  }

  return {
    getClient,

    create: (actor: Actor, input: NewClientInput, allowedGroupIds: readonly string[] = []): Promise<Client> =>
      transaction(async () => {
        const created = await translateErrors(() => clients.create(input))
        await record(actor, { event: 'client_created', clientId: created.id, ...clientChanges(null, created) })
        return allowedGroupIds.length > 0 ? setGroups(actor, created, allowedGroupIds) : created
      }),

    /** With `allowedGroupIds`, also changes access without ending the sessions of users in these groups. */
    update: (actor: Actor, id: string, input: ClientInput, allowedGroupIds?: readonly string[]): Promise<Client> =>
      transaction(async () => {
        const current = await lockClient(actor, id)
        const isGroupChangeFirst = allowedGroupIds !== undefined && input.isGroupRestricted === true
        const before = isGroupChangeFirst ? await setGroups(actor, current, allowedGroupIds) : current
        const client = await translateErrors(() => clients.update(id, input))
        const fields = changedFields(before, client)
        if (fields.length > 0)
          await record(actor, { event: 'client_updated', clientId: id, fields, ...clientChanges(before, client) })
        return allowedGroupIds === undefined || isGroupChangeFirst ? client : setGroups(actor, client, allowedGroupIds)
      }),

    addRedirectUri: (actor: Actor, id: string, uri: string): Promise<Client> =>
      transaction(async () => {
        const before = await getClient(id)
        const client = await translateErrors(() => clients.addRedirectUri(id, uri))
        const fields = changedFields(before, client)
        if (fields.length > 0)
          await record(actor, { event: 'client_updated', clientId: id, fields, ...clientChanges(before, client) })
        return client
      }),

    rename: (actor: Actor, id: string, newId: string): Promise<Client> =>
      transaction(async () => {
        await lockClient(actor, id)
        const client = await translateErrors(() => clients.rename(id, newId))
        const changes = changesBetween({ id }, { id: newId })
        await record(actor, { event: 'client_updated', clientId: newId, fields: ['id'], ...changes })
        return client
      }),

    remove: (actor: Actor, id: string): Promise<void> =>
      transaction(async () => {
        const before = await lockClient(actor, id)
        if (!(await clients.remove(id))) throw clientNotFound()
        await record(actor, { event: 'client_removed', clientId: id, ...clientChanges(before, null) })
      }),

    setAllowedGroups: (actor: Actor, id: string, groupIds: readonly string[]): Promise<Client> =>
      transaction(async () => setGroups(actor, await lockClient(actor, id), groupIds)),

    setAllowedTo: (actor: Actor, groupId: string, clientIds: readonly string[]): Promise<void> =>
      transaction(async () => {
        const listAllowedIds = async () => (await clients.allowedTo(groupId)).map(({ id }) => id)
        const before = await listAllowedIds()
        assertUnchanged(actor, allowedValidator(before))
        await clients.setAllowedTo(groupId, clientIds)
        const allowed = await listAllowedIds()
        const changes = changesBetween({ allowedClientIds: before }, { allowedClientIds: allowed })
        const event = {
          event: 'group_clients_changed',
          groupId,
          clientIds: allowed,
          by: actor.id,
          ...changes,
        } as const
        if (changes.changes) await audit.record(event, actor.origin)
      }),

    recordTest: (actor: Actor, id: string, passed: boolean): Promise<void> =>
      record(actor, { event: 'client_tested', clientId: id, outcome: passed ? 'passed' : 'not_passed' }),

    secretUses: (id: string) => clients.secretUses(id),

    addSecret: (actor: Actor, id: string, input: SecretInput): Promise<NewClientSecret> =>
      transaction(async () => {
        await pocket.lockAccountOf(actor.origin)
        const minted = await translateErrors(() => clients.addSecret(id, input))
        await recordAddedSecret(actor, id, minted.stored)
        return minted
      }),

    replaceSecrets: (actor: Actor, id: string, input: SecretInput): Promise<NewClientSecret> =>
      transaction(async () => {
        await pocket.lockAccountOf(actor.origin)
        const { secrets } = await lockClient(actor, id)
        const minted = await translateErrors(() => clients.replaceSecrets(id, input))
        for (const secret of secrets) if (!secret.serviceToken) await record(actor, secretRemovedEvent(id, secret))
        await recordAddedSecret(actor, id, minted.stored)
        return minted
      }),

    removeSecret: (actor: Actor, id: string, secretId: string): Promise<void> =>
      transaction(async () => {
        const secret = (await lockClient(actor, id)).secrets.find((secret) => secret.id === secretId)
        const isRemoved = await translateErrors(() => clients.removeSecret(id, secretId))
        if (!isRemoved || !secret)
          throw new NotFoundError('not_found', 'There is no such secret.', { details: { resource: 'Client secret' } })
        await record(actor, secretRemovedEvent(id, secret))
      }),
  }
}

/** The version of a client's settings; secrets are versioned separately. */
export function clientValidator(client: Client): string {
  const { secrets: _secrets, updatedAt: _updatedAt, pkceSupported: _pkceSupported, ...read } = client
  const { unusedSince: _unusedSince, metadataExpiresAt: _metadataExpiresAt, ...editableFields } = read
  return validatorOf(Object.entries(editableFields).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The version of the set of clients that a group may use. */
export function allowedValidator(clientIds: readonly string[]): string {
  return validatorOf([...clientIds].sort())
}

function groupsOf({ allowedGroupIds }: Client) {
  return { allowedGroupIds }
}

function secretAddedEvent(clientId: string, secret: ClientSecret) {
  return { event: 'client_secret_added', clientId, secretId: secret.id, ...secretChanges(null, secret) } as const
}

function secretRemovedEvent(clientId: string, secret: ClientSecret) {
  return { event: 'client_secret_removed', clientId, secretId: secret.id, ...secretChanges(secret, null) } as const
}

function secretChanges(before: ClientSecret | null, after: ClientSecret | null) {
  const auditedFields = (secret: ClientSecret | null) =>
    secret && {
      ...{ secret: secret.prefix, serviceToken: secret.serviceToken?.name ?? null },
      expiresAt: secret.expiresAt && new Date(secret.expiresAt).toISOString(),
    }
  return changesBetween(auditedFields(before), auditedFields(after), { secret: ['secret'] })
}

export type ClientAdministration = ReturnType<typeof createClientAdministration>

function changedFields(before: Client, after: Client): string[] {
  const oldValues = new Map<string, unknown>(Object.entries(before))
  return Object.entries(after)
    .filter(([name, value]) => name !== 'updatedAt' && JSON.stringify(value) !== JSON.stringify(oldValues.get(name)))
    .map(([name]) => name)
}
