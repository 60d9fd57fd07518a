import type { CoreContext } from '../context.ts'
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts'
import { OutboundError, type OutboundErrorCode } from '../outbound/outbound-error.ts'
import type { PublicFetch } from '../outbound/public-fetch.ts'
import type { Client } from './client.ts'
import { hasSameSelfDescription } from './client-origin.ts'
import {
  changesConsent,
  isDocumentUrlAllowed,
  type MetadataDocument,
  parseMetadataDocument,
} from './metadata-document.ts'
import { defaultProtocol } from './protocol.ts'

/** Called in the transaction that creates or changes the client. */
export interface DocumentEvents {
  changed(before: Client | null, after: Client): Promise<void>
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
const minCacheTime = 5 * minute
const maxCacheTime = day
/** Milliseconds for which an expired document stays valid while it cannot be fetched. */
const gracePeriod = day
const failureCacheTime = 30 * second
const maxFailures = 1000
const maxConcurrent = 10
const timeout = 5 * second
const maxDocumentLength = 64 * 1024
const headers = { accept: 'application/json', 'user-agent': 'pocket-id/oidc-client-metadata-fetcher' }

interface FetchedDocument extends MetadataDocument {
  /** Milliseconds. */
  readonly cacheTime: number
}

/** The document could not be fetched, so it is not known to be invalid. */
class UnreachableDocumentError extends InvalidInputError {}

/** Clients whose ID is the URL of their metadata document (OAuth Client ID Metadata Document). */
export function createMetadataDocuments({
  stores: { clients: store, consents, transaction },
  before: runHook,
  clock,
  fetch,
  registrationPolicy,
  signingAlgorithm,
}: CoreContext) {
  const pendingFetches = new Map<string, Promise<Client>>()
  const failures = new Map<string, { readonly until: number; readonly error: unknown }>()

  /** A hook that refuses has the same effect as an invalid document. */
  const assertAllowedByHook = async (id: string, document: FetchedDocument) => {
    const existing = await store.find(id)
    if (existing && hasSameSelfDescription(existing, document)) return
    await runHook(existing ? 'updateClient' : 'registerClient', { clientId: id, metadata: metadataOf(document) }).catch(
      (error: unknown) => {
        throw error instanceof ForbiddenError ? documentError(error.message) : error
      },
    )
  }

  const saveDocument = (
    id: string,
    { cacheTime, ...document }: FetchedDocument,
    { changed }: DocumentEvents,
  ): Promise<Client> =>
    transaction(async () => {
      const before = await store.findForUpdate(id)
      const now = clock.now()
      const metadataExpiresAt = now + cacheTime
      if (!before) {
        const protocol = { ...defaultProtocol, idTokenSignedResponseAlg: await signingAlgorithm() }
        const client = newClient(id, { ...document, metadataExpiresAt, protocol }, now)
        // A concurrent request has already stored the same document.
        if (!(await store.insert(client))) return client
        await changed(null, client)
        return client
      }
      const isUnchanged = hasSameSelfDescription(before, document)
      const protocol = isUnchanged ? before.protocol : { ...before.protocol, isKnown: false }
      const client = {
        ...before,
        ...document,
        protocol,
        metadataExpiresAt,
        updatedAt: isUnchanged ? before.updatedAt : now,
      }
      await store.update(client)
      if (changesConsent(before, document)) await consents.removeByClient(id)
      if (!isUnchanged) await changed(before, client)
      return client
    })

  const fetchClient = async (id: string, events: DocumentEvents): Promise<Client> => {
    const failure = failures.get(id)
    if (failure && failure.until > clock.now()) throw failure.error
    if (pendingFetches.size >= maxConcurrent && !pendingFetches.has(id))
      throw new UnreachableDocumentError('validation_failed', 'Too many metadata documents are being fetched.')
    const pendingFetch =
      pendingFetches.get(id) ??
      readDocument(id, fetch)
        .then(async (document) => {
          await assertAllowedByHook(id, document)
          return saveDocument(id, document, events)
        })
        .finally(() => pendingFetches.delete(id))
    pendingFetches.set(id, pendingFetch)
    try {
      return await pendingFetch
    } catch (error) {
      if (failures.size >= maxFailures) failures.clear()
      if (error instanceof InvalidInputError) failures.set(id, { until: clock.now() + failureCacheTime, error })
      throw error
    }
  }

  return {
    /**
     * The client with this ID; the document is fetched if the cached one has expired. `undefined` if documents may not be
     * fetched from this URL.
     *
     * @throws {InvalidInputError} `validation_failed` if the document cannot be fetched or is invalid
     */
    async resolve(id: string, events: DocumentEvents): Promise<Client | undefined> {
      if (!isDocumentUrlAllowed((await registrationPolicy()).documentPatterns, id)) return undefined
      const existing = await store.find(id)
      if (existing && existing.type !== 'cimd') return existing
      const cachedUntil = existing?.metadataExpiresAt ?? 0
      if (existing && cachedUntil > clock.now()) return existing
      try {
        return await fetchClient(id, events)
      } catch (error) {
        if (existing && error instanceof UnreachableDocumentError && cachedUntil + gracePeriod > clock.now())
          return existing
        throw error
      }
    },

    /**
     * Fetches the document of a known client immediately.
     *
     * @throws {NotFoundError} `client_not_found` @throws {InvalidInputError} `validation_failed`, also for a client without a document
     */
    async refresh(id: string, events: DocumentEvents): Promise<Client> {
      const existing = await store.find(id)
      if (!existing) throw new NotFoundError('client_not_found', 'There is no such client.')
      if (existing.type !== 'cimd') throw documentError('The client has no metadata document.')
      if (!isDocumentUrlAllowed((await registrationPolicy()).documentPatterns, id))
        throw documentError('Metadata documents may no longer be fetched from this URL.')
      failures.delete(id)
      return fetchClient(id, events)
    },
  }
}

export type MetadataDocuments = ReturnType<typeof createMetadataDocuments>

/** With the metadata names of RFC 7591 §2. */
function metadataOf({ name, redirectUris, postLogoutRedirectUris, registration }: MetadataDocument) {
  return {
    client_name: name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    ...registration,
  }
}

function newClient(
  id: string,
  document: MetadataDocument & Pick<Client, 'metadataExpiresAt' | 'protocol'>,
  now: number,
): Client {
  return {
    id,
    ...document,
    description: '',
    type: 'cimd',
    launchUrl: null,
    isPublic: true,
    pkceRequired: true,
    pkceSupported: true,
    requiresReauthentication: false,
    requiresPushedAuthorizationRequests: false,
    skipConsent: false,
    isGroupRestricted: false,
    allowedGroupIds: [],
    secrets: [],
    federatedIdentities: [],
    accessTokenDurationMinutes: null,
    refreshTokenDurationMinutes: 43_200,
    template: null,
    unusedSince: null,
    createdAt: now,
    updatedAt: now,
  }
}

async function readDocument(id: string, fetch: PublicFetch): Promise<FetchedDocument> {
  let response: Response
  try {
    response = await fetch(id, { headers, redirect: 'error', signal: AbortSignal.timeout(timeout) })
  } catch (error) {
    throw toFetchError(error)
  }
  if (response.status >= 500)
    throw new UnreachableDocumentError('validation_failed', `The metadata document returned status ${response.status}.`)
  if (response.status !== 200) throw documentError(`The metadata document returned status ${response.status}.`)
  const text = await response.text()
  if (text.length > maxDocumentLength) throw documentError('The metadata document is too large.')
  return { ...parseMetadataDocument(id, text), cacheTime: cacheTimeOf(response.headers) }
}

/** Every failure except a temporary network error is a fault of the document. */
function toFetchError(error: unknown): InvalidInputError {
  const reason = error instanceof OutboundError ? error.code : 'unreachable'
  const ErrorClass = reason === 'unreachable' || reason === 'timeout' ? UnreachableDocumentError : InvalidInputError
  return new ErrorClass(
    'validation_failed',
    `The metadata document of the client cannot be fetched: ${fetchErrorMessages[reason]}.`,
    {
      cause: error,
    },
  )
}

const fetchErrorMessages: Readonly<Record<OutboundErrorCode, string>> = {
  scheme: 'only https is supported',
  not_public: 'its host is in a private network',
  too_many_redirects: 'its URL redirects',
  too_large: 'it is too large',
  timeout: 'its host did not respond in time',
  unreachable: 'its host cannot be reached',
}

/** The freshness lifetime of a document in milliseconds (RFC 9111 §5.2.2.1). */
function cacheTimeOf(responseHeaders: Headers): number {
  const [, seconds = '0'] = /(?:^|[,\s])max-age\s*=\s*(\d{1,9})/i.exec(responseHeaders.get('cache-control') ?? '') ?? []
  return Math.min(maxCacheTime, Math.max(minCacheTime, Number(seconds) * second))
}

function documentError(message: string): InvalidInputError {
  return new InvalidInputError('validation_failed', message)
}
