import { randomUUID } from 'node:crypto'
import {
  type AuditSink,
  type Clock,
  changesBetween,
  nameProblem,
  type Pocket,
  type RequestOrigin,
  type Transaction,
} from '@pocket/core'
import { Conflict, InvalidInput, NotFound } from '@pocket/core/errors'
import type { ListRequest, Page } from '../http/api/list.ts'
import { type ApiKey, type ApiKeyScope, hashToken, type MintedApiKey, mintToken } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { createUseNotes } from './use-notes.ts'

/** What a person says of a new key. */
export interface NewApiKey {
  readonly name: string
  readonly description: string | null
  readonly scopes: readonly ApiKeyScope[] | null
  /** RFC 3339. */
  readonly expiresAt: string
}

/** Characters. */
const minNameLength = 3
const maxNameLength = 50

/** Whose key it is, and where the request came from. */
export interface KeyOwner {
  readonly ownerId: string
  readonly origin: RequestOrigin
}

/** The keys that people give to programs. A person sees and changes only keys of their own. */
export interface ApiKeys {
  find(ownerId: string, id: string): Promise<ApiKey | undefined>
  /** Searched by name, and filtered by `expired`, where the request says so. */
  list(ownerId: string, request: ListRequest): Promise<Page<ApiKey>>
  /** @throws {InvalidInput} `invalid_api_key_expiration` where the end has passed, `validation_failed` where something is none */
  create(owner: KeyOwner, input: NewApiKey): Promise<MintedApiKey>
  /**
   * Gives a key that has expired another token and another end (RFC 3339).
   *
   * @throws {NotFound} `api_key_not_found` @throws {Conflict} `api_key_not_expired` @throws {InvalidInput} as `create`
   */
  renew(owner: KeyOwner, id: string, expiresAt: string): Promise<MintedApiKey>
  /** @throws {NotFound} `api_key_not_found` */
  remove(owner: KeyOwner, id: string): Promise<void>
  /** The key with this token, unless it has expired. Its use is noted, at most once a minute, without keeping the caller waiting. */
  identify(token: string): Promise<ApiKey | undefined>
  /** Removes every key of a person; call it when the person is deleted. */
  removeByOwner(ownerId: string): Promise<void>
  /** Resolves when every use so far is written down. */
  settled(): Promise<void>
}

export interface ApiKeyPorts {
  readonly store: ApiKeyStore
  /** Notes in which session a key is made. */
  readonly noteMade: Pocket['noteMade']
  readonly transaction: Transaction
  readonly audit: AuditSink
  readonly clock: Clock
  /** Is told why a use could not be written down. */
  readonly onError: (error: unknown) => void
}

export function createApiKeys({ store, noteMade, transaction, audit, clock, onError }: ApiKeyPorts): ApiKeys {
  const uses = createUseNotes({ store, onError })

  const existing = async (ownerId: string, id: string): Promise<ApiKey> => {
    const apiKey = await store.find(ownerId, id)
    if (!apiKey) throw notFound(id)
    return apiKey
  }

  return {
    find: (ownerId, id) => store.find(ownerId, id),
    list: (ownerId, request) => store.list(ownerId, request, clock.now()),

    async create({ ownerId, origin }, { name, description, scopes, expiresAt }) {
      const now = clock.now()
      const token = mintToken()
      const apiKey: ApiKey = {
        id: randomUUID(),
        ownerId,
        name: readableName(name),
        description: description?.normalize('NFC') ?? null,
        tokenHash: hashToken(token),
        scopes,
        expiresAt: futureInstant(expiresAt, now),
        lastUsedAt: null,
        expirationEmailSent: false,
        createdAt: now,
      }
      return transaction(async () => {
        await store.insert(apiKey)
        await noteMade(origin, { kind: 'api_key', subject: apiKey.id, label: apiKey.name })
        const changes = changesBetween(null, described(apiKey))
        await audit.record({ event: 'api_key_created', accountId: ownerId, apiKeyId: apiKey.id, ...changes }, origin)
        return { apiKey, token }
      })
    },

    async renew({ ownerId, origin }, id, end) {
      const now = clock.now()
      const apiKey = await existing(ownerId, id)
      const expiresAt = futureInstant(end, now)
      const token = mintToken()
      const tokenHash = hashToken(token)
      await transaction(async () => {
        if (!(await store.renew({ id, ownerId, tokenHash, expiresAt }, now))) {
          await existing(ownerId, id)
          throw new Conflict('api_key_not_expired', 'This API key has not expired yet.')
        }
        await noteMade(origin, { kind: 'api_key', subject: id, label: apiKey.name })
        const changes = changesBetween(described(apiKey), described({ ...apiKey, expiresAt }))
        await audit.record({ event: 'api_key_renewed', accountId: ownerId, apiKeyId: id, ...changes }, origin)
      })
      return { apiKey: { ...apiKey, tokenHash, expiresAt, expirationEmailSent: false }, token }
    },

    async remove({ ownerId, origin }, id) {
      const before = await existing(ownerId, id)
      if (!(await store.remove(ownerId, id))) throw notFound(id)
      const changes = changesBetween(described(before), null)
      await audit.record({ event: 'api_key_removed', accountId: ownerId, apiKeyId: id, ...changes }, origin)
    },

    async identify(token) {
      const apiKey = await store.findByHash(hashToken(token))
      const now = clock.now()
      if (!apiKey || apiKey.expiresAt <= now) return undefined
      uses.note(apiKey, now)
      return apiKey
    },

    removeByOwner: (ownerId) => store.removeByOwner(ownerId),
    settled: () => uses.settled(),
  }
}

/** What the audit log says of a key: nothing that could be tried. */
function described({ name, description, scopes, expiresAt }: ApiKey): object {
  return { name, description, scopes, expiresAt: new Date(expiresAt).toISOString() }
}

function notFound(id: string): NotFound {
  return new NotFound('api_key_not_found', 'There is no such API key.', { details: { id } })
}

function readableName(name: string): string {
  const text = name.normalize('NFC')
  const problem = nameProblem(text, maxNameLength) ?? tooShort(text)
  if (problem === undefined) return text
  throw new InvalidInput('validation_failed', `Name ${problem.message}`, { fields: [{ field: 'name', ...problem }] })
}

function tooShort(name: string) {
  if ([...name].length >= minNameLength) return undefined
  return { code: 'too_short', message: `must be at least ${minNameLength} characters long` }
}

function futureInstant(text: string, now: number): number {
  const instant = Date.parse(text)
  // The format allows a leap second, which no clock of ours can show.
  if (Number.isNaN(instant))
    throw new InvalidInput('validation_failed', 'ExpiresAt must be an instant (RFC 3339)', {
      fields: [{ field: 'expiresAt', code: 'invalid_format', message: 'must be an instant (RFC 3339)' }],
    })
  if (instant > now) return instant
  throw new InvalidInput('invalid_api_key_expiration', 'An API key has to expire in the future.')
}
