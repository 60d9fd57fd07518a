import type { CoreContext } from '../context.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts'
import { uuid } from '../random.ts'
import type { Client, ClientRecord, ClientSecret } from './client.ts'
import { clientAuthenticationProblems } from './client-authentication.ts'
import {
  assertNoErrors,
  type ClientInput,
  completeInput,
  groupIdProblems,
  idProblems,
  inputProblems,
  type NewClientInput,
  receivedUriProblems,
} from './client-input.ts'
import { shapeProblems } from './client-input-shape.ts'
import type { ClientList, ClientListRequest } from './client-list.ts'
import { fieldsOutsideDocument } from './fields-outside-document.ts'
import { isMoreRestrictive } from './group-restriction.ts'
import { sharedHostProblems } from './protected-site.ts'
import { defaultProtocol } from './protocol.ts'
import type { SecretUses } from './secret-uses.ts'
import { mintSecret, type NewClientSecret, omitSealed, type SecretInput, sealSecret } from './secrets.ts'
import { sectorProblems } from './sector.ts'

/** The clients of this provider (RFC 6749 §2). Changes apply from the next request. */
export interface Clients {
  find(id: string): Promise<Client | undefined>
  /** Like `find`, and locks the client until the transaction ends. */
  findForUpdate(id: string): Promise<Client | undefined>
  list(): Promise<readonly Client[]>
  /** A page of clients. The number of statements is independent of the number of clients. */
  page(request: ClientListRequest): Promise<ClientList>
  /**
   * @throws {InvalidInputError} `validation_failed`; fields are named as in `NewClientInput`, list items have an index:
   * `redirectUris[0]`
   * @throws {ConflictError} `client_id_already_exists`
   */
  create(input: NewClientInput): Promise<Client>
  /** @throws {NotFoundError} `client_not_found` @throws {InvalidInputError} as for `create` */
  update(id: string, input: ClientInput): Promise<Client>
  /** Adds a redirect URI to the client. @throws the same errors as `update` */
  addRedirectUri(id: string, uri: string): Promise<Client>
  /** Removes the client and everything issued to it. Returns `false` if it does not exist. */
  remove(id: string): Promise<boolean>
  /**
   * Changes the ID of a client, which keeps its settings, secrets, consents and access to APIs. What was issued to it is revoked,
   * because its applications know the earlier ID.
   *
   * @throws {NotFoundError} `client_not_found` @throws {InvalidInputError} `validation_failed` @throws {ConflictError}
   * `client_id_already_exists`
   */
  rename(id: string, newId: string): Promise<Client>
  /**
   * Adds a secret; its plain text is returned only once.
   *
   * @throws {NotFoundError} `client_not_found`
   * @throws {InvalidInputError} `validation_failed` for a public client, more than twenty secrets, or on `secret` or
   * `expiresAt`
   */
  addSecret(id: string, input?: SecretInput): Promise<NewClientSecret>
  /** Replaces all secrets except service tokens with a new one. @throws the same errors as `addSecret` */
  replaceSecrets(id: string, input?: SecretInput): Promise<NewClientSecret>
  /** Returns `false` if the secret does not exist. @throws {NotFoundError} `client_not_found` */
  removeSecret(id: string, secretId: string): Promise<boolean>
  /** Last use of each secret by ID, in milliseconds, delayed by at most one minute. */
  secretUses(id: string): Promise<ReadonlyMap<string, number>>
  /**
   * Replaces the allowed groups of the client. @throws {NotFoundError} `client_not_found` @throws {InvalidInputError}
   * `validation_failed`
   */
  setAllowedGroups(id: string, groupIds: readonly string[]): Promise<Client>
  /** The clients that allow this group, by name. */
  allowedTo(groupId: string): Promise<readonly ClientRecord[]>
  /**
   * Replaces the set of clients that allow the group; unknown IDs are ignored. An empty list removes the group from all
   * clients.
   *
   * @throws {InvalidInputError} `validation_failed` if the group ID is invalid
   */
  setAllowedTo(groupId: string, clientIds: readonly string[]): Promise<void>
}

const maxSecrets = 20
/** HS256 requires a key at least as long as its hash, in bytes (RFC 7518 §3.2). */
const minKeyLength = 32

function signsWithSecret({ protocol }: Pick<Client, 'protocol'>): boolean {
  return protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
}

interface ClientHooks {
  /** Revokes everything issued to the client, in the transaction that removes it. */
  readonly onRemove: (clientId: string) => Promise<void>
  /** Moves what refers to the client, in the transaction that renames it. */
  readonly onRename: (clientId: string, newId: string) => Promise<void>
  /** Revokes the tokens of users who may no longer use the clients, in the transaction that restricts them. */
  readonly onRestrict: (clientIds: readonly string[]) => Promise<void>
}

/** Values of a client that an administrator registered. */
export const administratorDefaults = { registration: null, unusedSince: null, metadataExpiresAt: null } as const

export function createClients(
  { stores, clock, issuer, redirectUriPolicy, signingAlgorithm, fetch, masterKey }: CoreContext,
  secretUses: Pick<SecretUses, 'whenIdle'>,
  { onRemove, onRename, onRestrict }: ClientHooks,
): Clients {
  const { clients: store, transaction } = stores
  const problemsOf = async (input: ClientInput, id?: string) => {
    const problems = inputProblems(input, redirectUriPolicy)
    if (problems.length > 0) return problems
    const { protocol = {} } = input
    const isSite = (protocol.protectedHosts ?? []).length > 0
    const sites = isSite ? (await store.protectedSites()).filter((site) => site.id !== id) : []
    const otherHosts = sites.flatMap((site) => site.protocol.protectedHosts)
    return sharedHostProblems(protocol, { issuerHostname: issuer.hostname, otherHosts })
  }
  /** Locks and updates a client; `undefined` leaves it unchanged. */
  const change = (id: string, getChanges: (client: Client) => Partial<Client> | undefined): Promise<Client> =>
    transaction(async () => {
      const client = await store.findForUpdate(id)
      if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
      const changes = getChanges(client)
      if (changes === undefined) return client
      const changed = { ...client, ...changes, updatedAt: clock.now() }
      await store.update(changed)
      if (isMoreRestrictive(changed, client)) await onRestrict([id])
      return changed
    })

  const mint = async (id: string, keepSecrets: (client: Client) => Client['secrets'], input?: SecretInput) => {
    const minted = mintSecret(clock.now(), input)
    await change(id, (client) => {
      const secrets = keepSecrets(client)
      if (client.isPublic) throw new InvalidInputError('validation_failed', 'A public client has no secret.')
      const isSameKind = ({ serviceToken }: ClientSecret) => (serviceToken === undefined) === !input?.serviceToken
      if (secrets.filter(isSameKind).length >= maxSecrets)
        throw new InvalidInputError('validation_failed', 'A client can have at most twenty secrets.')
      const isKey = signsWithSecret(client) && !input?.serviceToken
      if (isKey && minted.plain.length < minKeyLength)
        throw new InvalidInputError('validation_failed', 'The secret is too short for signing.', {
          fields: [{ field: 'secret', code: 'too_short', message: `must be at least ${minKeyLength} characters long` }],
        })
      const stored = isKey ? { ...minted.stored, sealed: sealSecret(masterKey, minted.plain) } : minted.stored
      return { secrets: [...secrets, stored] }
    })
    return minted
  }

  return {
    // No ID contains a NUL character, which PostgreSQL rejects in text.
    find: async (id) => (id.includes('\0') ? undefined : store.find(id)),
    findForUpdate: async (id) => (id.includes('\0') ? undefined : store.findForUpdate(id)),
    list: () => store.list(),
    page: (request) => store.page(request),

    async create(input) {
      assertNoErrors(shapeProblems(input))
      assertNoErrors([...idProblems(input.id), ...(await problemsOf(input))])
      const now = clock.now()
      const protocol = { ...defaultProtocol, idTokenSignedResponseAlg: await signingAlgorithm() }
      const client: Client = {
        id: input.id ?? uuid(),
        type: 'standard',
        ...completeInput(input, { template: null, protocol }),
        allowedGroupIds: [],
        pkceSupported: false,
        secrets: [],
        ...administratorDefaults,
        createdAt: now,
        updatedAt: now,
      }
      assertNoErrors([...clientAuthenticationProblems(client), ...(await sectorProblems(client, undefined, fetch))])
      if (!(await store.insert(client)))
        throw new ConflictError('client_id_already_exists', 'The client ID is already in use.')
      return client
    },

    async update(id, input) {
      const existing = await store.find(id)
      assertNoErrors(shapeProblems(input, existing))
      assertNoErrors(await problemsOf(input, id))
      // Fetch external documents before the transaction starts, so that no transaction waits for the network.
      if (existing) assertNoErrors(await sectorProblems(completeInput(input, existing), existing, fetch))
      return change(id, (before) => {
        const fields = before.type === 'cimd' ? fieldsOutsideDocument(before, input) : completeInput(input, before)
        assertNoErrors(clientAuthenticationProblems(fields))
        const secrets = signsWithSecret(fields) ? before.secrets : before.secrets.map(omitSealed)
        // An edited client no longer counts as unused.
        const resetFields = { secrets, unusedSince: null }
        return { ...fields, ...resetFields, allowedGroupIds: fields.isGroupRestricted ? before.allowedGroupIds : [] }
      })
    },

    async addRedirectUri(id, uri) {
      assertNoErrors(receivedUriProblems(uri))
      return change(id, ({ redirectUris }) =>
        redirectUris.includes(uri) ? undefined : { redirectUris: [...redirectUris, uri] },
      )
    },

    remove: (id) =>
      transaction(async () => {
        const removed = await store.remove(id)
        if (removed) await onRemove(id)
        return removed
      }),

    async rename(id, newId) {
      assertNoErrors(idProblems(newId))
      return transaction(async () => {
        const client = await store.findForUpdate(id)
        if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
        const renamed = { ...client, id: newId, updatedAt: clock.now() }
        if (!(await store.insert(renamed)))
          throw new ConflictError('client_id_already_exists', 'The client ID is already in use.')
        await onRename(id, newId)
        await store.remove(id)
        await onRemove(id)
        return renamed
      })
    },

    addSecret: (id, input) => mint(id, ({ secrets }) => secrets, input),
    replaceSecrets: (id, input) =>
      mint(id, ({ secrets }) => secrets.filter(({ serviceToken }) => serviceToken !== undefined), input),

    async removeSecret(id, secretId) {
      let isRemoved = false
      await change(id, ({ secrets }) => {
        const remaining = secrets.filter((secret) => secret.id !== secretId)
        isRemoved = remaining.length < secrets.length
        return isRemoved ? { secrets: remaining } : undefined
      })
      return isRemoved
    },

    async secretUses(id) {
      await secretUses.whenIdle()
      return store.secretUses(id)
    },

    async setAllowedGroups(id, groupIds) {
      assertNoErrors(groupIdProblems(groupIds))
      return change(id, () => ({ allowedGroupIds: [...new Set(groupIds)].sort() }))
    },

    allowedTo: (groupId) => store.allowedTo(groupId),

    async setAllowedTo(groupId, clientIds) {
      assertNoErrors(groupIdProblems([groupId]))
      await transaction(async () => {
        const before = await store.allowedTo(groupId)
        await store.setAllowedTo(groupId, clientIds)
        const restricted = before.filter(({ id, isGroupRestricted }) => isGroupRestricted && !clientIds.includes(id))
        await onRestrict(restricted.map(({ id }) => id))
      })
    },
  }
}
