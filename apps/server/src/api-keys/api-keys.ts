import { randomUUID } from 'node:crypto'
import type { AuditSink, Clock, Pocket, RequestOrigin, Transaction } from '@pocket/core'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import { changesBetween, nameProblem } from '@pocket/core/internal'
import type { ListRequest, Page } from '../http/api/list.ts'
import { type ApiKey, hashToken, type MintedApiKey, mintToken } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { createUsageRecorder } from './usage-recorder.ts'

export interface NewApiKey extends Pick<ApiKey, 'name' | 'description' | 'scopes' | 'canReadSecrets'> {
  /** RFC 3339. */
  readonly expiresAt: string
}

/** Characters. */
const minNameLength = 3
const maxNameLength = 50

export interface KeyOwner {
  readonly ownerId: string
  readonly origin: RequestOrigin
  /** If it is not the owner. */
  readonly actorId?: string | undefined
}

export interface KeyCreator extends KeyOwner {
  readonly isAdministrator: boolean
}

export interface ApiKeyDeps {
  readonly store: ApiKeyStore
  /** Records the session in which a key is created. */
  readonly recordCredential: Pocket['recordCredential']
  readonly lockAccountOf: Pocket['lockAccountOf']
  readonly transaction: Transaction
  readonly audit: AuditSink
  readonly clock: Clock
  /** Called when the last use of a key could not be recorded. */
  readonly onError: (error: unknown) => void
}

/** API keys of users. Users can read and change only their own keys. */
export function createApiKeys(deps: ApiKeyDeps) {
  const { store, recordCredential, lockAccountOf, transaction, audit, clock, onError } = deps
  const usageRecorder = createUsageRecorder(store, onError)

  const getApiKey = async (ownerId: string, id: string): Promise<ApiKey> => {
    const apiKey = await store.find(ownerId, id)
    if (!apiKey) throw notFound(id)
    return apiKey
  }

  return {
    find: (ownerId: string, id: string): Promise<ApiKey | undefined> => store.find(ownerId, id),
    /** Supports searching by name and the filter `expired`. */
    list: (ownerId: string, request: ListRequest): Promise<Page<ApiKey>> => store.list(ownerId, request, clock.now()),

    /**
     * @throws {InvalidInputError} `invalid_api_key_expiration` if it is in the past, `validation_failed` if a field is invalid @throws
     * {ForbiddenError} `forbidden` if a user without the administrator role creates a key that can read secrets
     */
    async create(
      { isAdministrator, ...owner }: KeyCreator,
      { name, description, scopes, canReadSecrets, expiresAt }: NewApiKey,
    ): Promise<MintedApiKey> {
      if (canReadSecrets && !isAdministrator)
        throw new ForbiddenError('forbidden', 'Only the keys of administrators can read secrets.')
      const { ownerId, origin } = owner
      const now = clock.now()
      const token = mintToken()
      const apiKey: ApiKey = {
        id: randomUUID(),
        ownerId,
        name: parseName(name),
        description: description?.normalize('NFC') ?? null,
        tokenHash: hashToken(token),
        scopes,
        canReadSecrets,
        expiresAt: parseExpiration(expiresAt, now),
        lastUsedAt: null,
        expirationEmailSent: false,
        createdAt: now,
      }
      return transaction(async () => {
        await store.insert(apiKey)
        await recordCredential(origin, { kind: 'api_key', subject: apiKey.id, label: apiKey.name })
        const changes = changesBetween(null, auditedFields(apiKey))
        await audit.record({ event: 'api_key_created', ...subjectsOf(owner, apiKey.id), ...changes }, origin)
        return { apiKey, token }
      })
    },

    /**
     * Gives an expired key a new token and a new expiration (RFC 3339).
     *
     * @throws {NotFoundError} `api_key_not_found` @throws {ConflictError} `api_key_not_expired` @throws {InvalidInputError} as `create`
     */
    async renew(owner: KeyOwner, id: string, expiration: string): Promise<MintedApiKey> {
      const { ownerId, origin } = owner
      const now = clock.now()
      const apiKey = await getApiKey(ownerId, id)
      const expiresAt = parseExpiration(expiration, now)
      const token = mintToken()
      const tokenHash = hashToken(token)
      await transaction(async () => {
        await lockAccountOf(origin)
        if (!(await store.renew({ id, ownerId, tokenHash, expiresAt }, now))) {
          await getApiKey(ownerId, id)
          throw new ConflictError('api_key_not_expired', 'This API key has not expired yet.')
        }
        await recordCredential(origin, { kind: 'api_key', subject: id, label: apiKey.name })
        const changes = changesBetween(auditedFields(apiKey), auditedFields({ ...apiKey, expiresAt }))
        await audit.record({ event: 'api_key_renewed', ...subjectsOf(owner, id), ...changes }, origin)
      })
      return { apiKey: { ...apiKey, tokenHash, expiresAt, expirationEmailSent: false }, token }
    },

    /** @throws {NotFoundError} `api_key_not_found` */
    async remove(owner: KeyOwner, id: string): Promise<void> {
      const { ownerId, origin } = owner
      const before = await getApiKey(ownerId, id)
      if (!(await store.remove(ownerId, id))) throw notFound(id)
      const changes = changesBetween(auditedFields(before), null)
      await audit.record({ event: 'api_key_removed', ...subjectsOf(owner, id), ...changes }, origin)
    },

    /** The unexpired key with this token. Records its use at most once a minute, without delaying the caller. */
    async identify(token: string): Promise<ApiKey | undefined> {
      const apiKey = await store.findByHash(hashToken(token))
      const now = clock.now()
      if (!apiKey || apiKey.expiresAt <= now) return undefined
      usageRecorder.record(apiKey, now)
      return apiKey
    },

    /** Removes all keys of a user; call it when the user is deleted. */
    removeByOwner: (ownerId: string): Promise<void> => store.removeByOwner(ownerId),
    /** Resolves when every recorded use has been written. */
    flush: (): Promise<void> => usageRecorder.flush(),
  }
}

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The subjects of an audit event. */
function subjectsOf({ ownerId, actorId }: KeyOwner, apiKeyId: string) {
  return { accountId: ownerId, apiKeyId, ...(actorId !== undefined && { by: actorId }) }
}

function auditedFields({ name, description, scopes, canReadSecrets, expiresAt }: ApiKey): object {
  return { name, description, scopes, canReadSecrets, expiresAt: new Date(expiresAt).toISOString() }
}

function notFound(id: string): NotFoundError {
  return new NotFoundError('api_key_not_found', 'There is no such API key.', { details: { id } })
}

function parseName(name: string): string {
  const text = name.normalize('NFC')
  const problem = nameProblem(text, maxNameLength) ?? lengthProblem(text)
  if (problem === undefined) return text
  throw new InvalidInputError('validation_failed', `Name ${problem.message}`, {
    fields: [{ field: 'name', ...problem }],
  })
}

function lengthProblem(name: string) {
  if ([...name].length >= minNameLength) return undefined
  return { code: 'too_short', message: `must be at least ${minNameLength} characters long` }
}

function parseExpiration(text: string, now: number): number {
  const instant = Date.parse(text)
  // The format allows a leap second, which `Date` cannot represent.
  if (Number.isNaN(instant))
    throw new InvalidInputError(
      'invalid_request_body',
      'Request body is invalid: expiresAt must be an instant (RFC 3339)',
    )
  if (instant > now) return instant
  throw new InvalidInputError('invalid_api_key_expiration', 'The expiration must be in the future.', {
    fields: [{ field: 'expiresAt', code: 'invalid_value', message: 'must be in the future' }],
  })
}
