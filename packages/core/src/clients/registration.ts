import type { Clock } from '../clock.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts'
import { uuid } from '../random.ts'
import type { Client, ClientRecord } from './client.ts'
import { clientAuthenticationProblems } from './client-authentication.ts'
import {
  type ClientInput,
  decided,
  groupIdProblems,
  idProblems,
  type NewClientInput,
  problems,
  receivedUriProblems,
  refuse,
} from './client-input.ts'
import type { ClientList, ClientListRequest } from './client-list.ts'
import type { ClientStore } from './client-store.ts'
import { fieldsOutsideDocument } from './fields-outside-document.ts'
import { isNarrower } from './group-restriction.ts'
import { defaultProtocol } from './protocol.ts'
import type { RedirectUriPolicy } from './redirect-uris.ts'
import type { SecretUses } from './secret-uses.ts'
import { hashedOnly, mintSecret, type NewClientSecret, type SecretInput } from './secrets.ts'
import { type ReadAddress, sectorProblems } from './sector.ts'

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
  /** Adds a redirect URI to the client. @throws as `update` */
  addRedirectUri(id: string, uri: string): Promise<Client>
  /** Removes the client and everything issued to it. Returns `false` if it does not exist. */
  remove(id: string): Promise<boolean>
  /**
   * Adds a secret; its plain text is returned only once.
   *
   * @throws {NotFoundError} `client_not_found`
   * @throws {InvalidInputError} `validation_failed` for a public client, more than twenty secrets, or on `secret` or
   * `expiresAt`
   */
  addSecret(id: string, input?: SecretInput): Promise<NewClientSecret>
  /** Replaces all secrets with a new one. @throws as `addSecret` */
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

export interface ClientsPorts {
  readonly store: ClientStore
  readonly clock: Clock
  readonly redirectUriPolicy: RedirectUriPolicy
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  readonly read: ReadAddress
  /** Records secret uses in the background. */
  readonly secretUses: Pick<SecretUses, 'settled'>
  /** Encrypts a secret that must be readable later. */
  readonly sealSecret: (plain: string) => string
  /** Revokes everything issued to the client, in the transaction that removes it. */
  readonly onRemove: (clientId: string) => Promise<void>
  /** Revokes the tokens of users who may no longer use the client, in the transaction that restricts it. */
  readonly onNarrow: (clientId: string) => Promise<void>
}

const maxSecrets = 20
/** HS256 requires a key at least as long as its hash, in bytes (RFC 7518 §3.2). */
const minKeyLength = 32

function signsWithSecret({ protocol }: Pick<Client, 'protocol'>): boolean {
  return protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
}

/** Values of a client that an administrator registered. */
export const byAdministrator = { registration: null, unusedSince: null, metadataExpiresAt: null } as const

export function createClients(ports: ClientsPorts): Clients {
  const { store, clock, redirectUriPolicy, transaction, secretUses, sealSecret, read, onRemove, onNarrow } = ports
  /** Locks and updates a client; `undefined` leaves it unchanged. */
  const change = (id: string, to: (client: Client) => Partial<Client> | undefined): Promise<Client> =>
    transaction(async () => {
      const client = await store.findForUpdate(id)
      if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
      const changes = to(client)
      if (changes === undefined) return client
      const changed = { ...client, ...changes, updatedAt: clock.now() }
      await store.update(changed)
      if (isNarrower(changed, client)) await onNarrow(id)
      return changed
    })

  const mint = async (id: string, kept: (client: Client) => Client['secrets'], input?: SecretInput) => {
    const minted = mintSecret(clock.now(), input)
    await change(id, (client) => {
      const secrets = kept(client)
      if (client.isPublic) throw new InvalidInputError('validation_failed', 'A public client has no secret.')
      if (secrets.length >= maxSecrets)
        throw new InvalidInputError('validation_failed', 'A client has twenty secrets at most.')
      const isKey = signsWithSecret(client)
      if (isKey && minted.plain.length < minKeyLength)
        throw new InvalidInputError('validation_failed', 'The secret is too short to sign with.', {
          fields: [{ field: 'secret', code: 'too_short', message: `must be at least ${minKeyLength} characters long` }],
        })
      const stored = isKey ? { ...minted.stored, sealed: sealSecret(minted.plain) } : minted.stored
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
      refuse([...idProblems(input.id), ...problems(input, redirectUriPolicy)])
      const now = clock.now()
      const client: Client = {
        id: input.id ?? uuid(),
        type: 'standard',
        ...decided(input, { template: null, protocol: defaultProtocol }),
        allowedGroupIds: [],
        pkceSupported: false,
        secrets: [],
        ...byAdministrator,
        createdAt: now,
        updatedAt: now,
      }
      refuse([...clientAuthenticationProblems(client), ...(await sectorProblems(client, undefined, read))])
      if (!(await store.insert(client))) throw new ConflictError('client_id_already_exists', 'The client ID is taken.')
      return client
    },

    async update(id, input) {
      refuse(problems(input, redirectUriPolicy))
      const known = await store.find(id)
      // Fetch external documents before the transaction starts, so that no transaction waits for the network.
      if (known) refuse(await sectorProblems(decided(input, known), known, read))
      return change(id, (before) => {
        const wanted = before.type === 'cimd' ? fieldsOutsideDocument(before, input) : decided(input, before)
        refuse(clientAuthenticationProblems(wanted))
        const secrets = signsWithSecret(wanted) ? before.secrets : before.secrets.map(hashedOnly)
        // An edited client no longer counts as unused.
        const kept = { secrets, unusedSince: null }
        return { ...wanted, ...kept, allowedGroupIds: wanted.isGroupRestricted ? before.allowedGroupIds : [] }
      })
    },

    async addRedirectUri(id, uri) {
      refuse(receivedUriProblems(uri))
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

    addSecret: (id, input) => mint(id, ({ secrets }) => secrets, input),
    replaceSecrets: (id, input) => mint(id, () => [], input),

    async removeSecret(id, secretId) {
      let found = false
      await change(id, ({ secrets }) => {
        const kept = secrets.filter((secret) => secret.id !== secretId)
        found = kept.length < secrets.length
        return found ? { secrets: kept } : undefined
      })
      return found
    },

    async secretUses(id) {
      await secretUses.settled()
      return store.secretUses(id)
    },

    async setAllowedGroups(id, groupIds) {
      refuse(groupIdProblems(groupIds))
      return change(id, () => ({ allowedGroupIds: [...new Set(groupIds)].sort() }))
    },

    allowedTo: (groupId) => store.allowedTo(groupId),

    async setAllowedTo(groupId, clientIds) {
      refuse(groupIdProblems([groupId]))
      await transaction(async () => {
        const before = await store.allowedTo(groupId)
        await store.setAllowedTo(groupId, clientIds)
        for (const { id, isGroupRestricted } of before)
          if (isGroupRestricted && !clientIds.includes(id)) await onNarrow(id)
      })
    },
  }
}
