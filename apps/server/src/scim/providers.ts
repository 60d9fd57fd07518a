import { randomUUID } from 'node:crypto'
import type { AuditSink, Clients, Clock, MasterKey, Transaction } from '@pocket/core'
import { ConflictError, NotFoundError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import { isComplete, type ScimRecord, type ScimRecordStore } from '@pocket/directory/internal'
import type { Actor } from '../access/actor.ts'
import type { ScimState } from '../clients/page-model.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import { isRunning, type ScimProvider } from './provider.ts'
import { isSameEndpoint, type ScimProviderInput, validateToken } from './provider-input.ts'
import type { ScimProviderStore } from './provider-store.ts'

export const scimTokenPurpose = 'scim token'

export interface ScimProviders {
  /** @throws {NotFoundError} `not_found` */
  get(id: string): Promise<ScimProvider>
  /** The oldest provider of a client; Pocket ID allows several. */
  findByClient(clientId: string): Promise<ScimProvider | undefined>
  /** @throws {InvalidInputError} `validation_failed` @throws {NotFoundError} if the client does not exist */
  create(actor: Actor, input: ScimProviderInput): Promise<ScimProvider>
  /** Like `create`. @throws {ConflictError} `already_in_use` if the client has a provider, as when a form is submitted twice */
  createFirst(actor: Actor, input: ScimProviderInput): Promise<ScimProvider>
  /**
   * Updates a provider; throws like `create`. @throws {ConflictError} `scim_sync_running` if the endpoint changes during a run @throws
   * {PreconditionFailedError}
   */
  update(actor: Actor, id: string, input: ScimProviderInput): Promise<ScimProvider>
  /** Keeps the resources at the target. @throws {NotFoundError} `not_found` */
  remove(actor: Actor, id: string): Promise<void>
  /** Also works for a deleted client. */
  removeByClient(clientId: string): Promise<void>
  renameClient(clientId: string, newId: string): Promise<void>
  /** Adopts existing resources of the target: one, or all. Resolves to the number of adopted resources. */
  adopt(actor: Actor, id: string, selected?: Pick<ScimRecord, 'kind' | 'localId'>): Promise<number>
  /** Makes the provider due and records the request in the audit log. @throws {NotFoundError} `not_found` */
  request(actor: Actor, id: string): Promise<ScimProvider>
  decryptToken(provider: ScimProvider): string
}

export interface ScimProviderDeps {
  readonly store: ScimProviderStore
  readonly records: ScimRecordStore
  readonly clients: () => Pick<Clients, 'find'>
  readonly masterKey: MasterKey
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
}

export function createScimProviders(deps: ScimProviderDeps): ScimProviders {
  const { store, records, clients, masterKey, audit, transaction, clock } = deps

  const get = async (id: string): Promise<ScimProvider> => {
    const provider = await store.find(id)
    if (!provider) throw scimProviderNotFound()
    return provider
  }
  const assertClient = async (id: string) => {
    if (!(await clients().find(id))) throw clientNotFound()
  }
  const decryptToken = ({ token }: ScimProvider) => (token === '' ? '' : masterKey.decrypt(scimTokenPurpose, token))
  const create = ({ id: actorId, origin }: Actor, input: ScimProviderInput) =>
    transaction(async () => {
      const token = validateToken(input, null) ?? ''
      await assertClient(input.clientId)
      const now = clock.now()
      const provider: ScimProvider = {
        id: randomUUID(),
        clientId: input.clientId,
        endpoint: input.endpoint,
        token: encrypt(token),
        removal: input.removal ?? 'deactivate',
        createdAt: now,
        nextRunAt: now,
        leaseOwner: null,
        leaseUntil: null,
        startedAt: null,
        succeededAt: null,
        report: null,
      }
      await store.insert(provider)
      const event = { event: 'scim_provider_created', clientId: input.clientId, by: actorId } as const
      await audit.record({ ...event, ...changesOf(null, provider) }, origin)
      return provider
    })
  const encrypt = (token: string) => (token === '' ? '' : masterKey.encrypt(scimTokenPurpose, token))

  return {
    get,
    findByClient: async (clientId) => (await store.listByClient(clientId))[0],
    decryptToken,

    create,
    createFirst: (actor, input) =>
      transaction(async () => {
        await store.lock()
        if ((await store.listByClient(input.clientId)).length > 0) throw alreadyConfiguredError()
        return create(actor, input)
      }),

    update: ({ id: actorId, origin, ...condition }, id, input) =>
      transaction(async () => {
        const before = await get(id)
        assertUnchanged(condition, scimProviderValidator(before))
        const token = validateToken(input, { endpoint: before.endpoint, hasToken: before.token !== '' })
        await assertClient(input.clientId)
        const now = clock.now()
        const isEndpointChanged = !isSameEndpoint(before.endpoint, input.endpoint)
        if (isEndpointChanged && isRunning(before, now))
          throw new ConflictError('scim_sync_running', 'Provisioning is already running.')
        const after: ScimProvider = {
          ...before,
          clientId: input.clientId,
          endpoint: input.endpoint,
          // Encrypting the same token again would look like a change.
          token: token === undefined || token === decryptToken(before) ? before.token : encrypt(token),
          removal: input.removal ?? before.removal,
        }
        const changes = changesOf(before, after)
        if (!changes.changes) return before
        await store.update(after)
        // Resource IDs are only valid at the endpoint that assigned them.
        if (isEndpointChanged) await records.removeByProvider(id)
        await store.markDue(id, now)
        await audit.record(
          { event: 'scim_provider_updated', clientId: after.clientId, by: actorId, ...changes },
          origin,
        )
        return get(id)
      }),

    remove: ({ id: actorId, origin, ...condition }, id) =>
      transaction(async () => {
        const before = await get(id)
        assertUnchanged(condition, scimProviderValidator(before))
        await store.remove(id)
        await records.removeByProvider(id)
        const event = { event: 'scim_provider_removed', clientId: before.clientId, by: actorId } as const
        await audit.record({ ...event, ...changesOf(before, null) }, origin)
      }),

    removeByClient: (clientId) =>
      transaction(async () => {
        for (const { id } of await store.listByClient(clientId)) {
          await store.remove(id)
          await records.removeByProvider(id)
        }
      }),

    renameClient: (clientId, newId) => store.renameClient(clientId, newId),

    request: ({ id: actorId, origin }, id) =>
      transaction(async () => {
        const provider = await get(id)
        await store.markDue(id, clock.now())
        await audit.record({ event: 'scim_sync_requested', clientId: provider.clientId, by: actorId }, origin)
        return provider
      }),

    adopt: ({ id: actorId, origin }, id, selected) =>
      transaction(async () => {
        const { clientId } = await get(id)
        const count = await records.adopt(id, selected)
        if (count === 0) return 0
        await store.markDue(id, clock.now())
        await audit.record({ event: 'scim_objects_adopted', clientId, count: String(count), by: actorId }, origin)
        return count
      }),
  }
}

export function scimStateOf(provider: ScimProvider | undefined): ScimState {
  if (!provider) return { state: 'none', at: null }
  const { report } = provider
  if (!report) return { state: 'waiting', at: null }
  const state = isComplete(report) ? 'works' : report.stopped ? 'fails' : 'incomplete'
  return { state, at: report.finishedAt }
}

/** Changes when the configurable fields of a provider change. */
export function scimProviderValidator({ clientId, endpoint, token, removal }: ScimProvider): string {
  return validatorOf([clientId, endpoint, token, removal])
}

export function scimProviderNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such SCIM service provider.', {
    details: { resource: 'SCIM service provider' },
  })
}

function alreadyConfiguredError(): ConflictError {
  return new ConflictError('already_in_use', 'oidcClientId is already in use by another SCIM service provider', {
    details: { property: 'oidcClientId' },
  })
}

function changesOf(before: ScimProvider | null, after: ScimProvider | null) {
  const pickFields = (provider: ScimProvider | null) => {
    if (!provider) return null
    const { clientId, endpoint, token, removal } = provider
    return { clientId, endpoint, token, removal }
  }
  return changesBetween(pickFields(before), pickFields(after), { secret: ['token'] })
}
