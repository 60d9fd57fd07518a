import type { Clock } from '../clock.ts'
import { ForbiddenError, InvalidInputError, NotFoundError } from '../errors.ts'
import type { RunBeforeHook } from '../hooks.ts'
import { OutboundError, type OutboundErrorCode } from '../outbound/outbound-error.ts'
import type { PublicFetch } from '../outbound/public-fetch.ts'
import type { Client } from './client.ts'
import { describesItselfAs } from './client-origin.ts'
import type { ClientStore } from './client-store.ts'
import { changesConsent, type Documented, documentAddressAllowed, documented } from './metadata-document.ts'
import { defaultProtocol } from './protocol.ts'

/** Clients whose ID is the URL of their metadata document (OAuth Client ID Metadata Document). */
export interface MetadataDocuments {
  /**
   * The client with this ID; the document is fetched if the cached one has expired. `undefined` if documents may not be
   * fetched from this URL.
   *
   * @throws {InvalidInputError} `validation_failed` if the document cannot be fetched or is invalid
   */
  resolve(id: string, happened: DocumentEvents): Promise<Client | undefined>
  /**
   * Fetches the document of a known client immediately.
   *
   * @throws {NotFoundError} `client_not_found` @throws {InvalidInputError} `validation_failed`, also for a client without a document
   */
  refresh(id: string, happened: DocumentEvents): Promise<Client>
}

/** Called in the transaction that creates or changes the client. */
export interface DocumentEvents {
  changed(before: Client | null, after: Client): Promise<void>
}

export interface MetadataDocumentPorts {
  readonly store: ClientStore
  readonly before: RunBeforeHook
  readonly clock: Clock
  readonly fetch: PublicFetch
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  /** Patterns of URLs from which documents may be fetched. */
  readonly patterns: () => Promise<readonly string[]>
  /** Withdraws all consents for the client. */
  readonly forgetConsents: (clientId: string) => Promise<void>
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
const minCacheTime = 5 * minute
const maxCacheTime = day
/** Milliseconds for which an expired document stays valid while it cannot be fetched. */
const grace = day
const failureCacheTime = 30 * second
const maxFailures = 1000
const maxConcurrent = 10
const timeout = 5 * second
const maxDocumentLength = 64 * 1024
const headers = { accept: 'application/json', 'user-agent': 'pocket-id/oidc-client-metadata-fetcher' }

interface Read extends Documented {
  /** Milliseconds. */
  readonly cacheTime: number
}

/** The document could not be fetched, so it is not known to be invalid. */
class UnreachableDocumentError extends InvalidInputError {}

export function createMetadataDocuments(ports: MetadataDocumentPorts): MetadataDocuments {
  const { store, clock, transaction, patterns, forgetConsents } = ports
  const running = new Map<string, Promise<Client>>()
  const failures = new Map<string, { readonly until: number; readonly error: unknown }>()

  /** A hook that refuses has the same effect as an invalid document. */
  const admit = async (id: string, said: Read) => {
    const known = await store.find(id)
    if (known && describesItselfAs(known, said)) return
    await ports
      .before(known ? 'updateClient' : 'registerClient', { clientId: id, metadata: metadataOf(said) })
      .catch((error: unknown) => {
        throw error instanceof ForbiddenError ? refusal(error.message) : error
      })
  }

  const keep = (id: string, { cacheTime, ...said }: Read, { changed }: DocumentEvents): Promise<Client> =>
    transaction(async () => {
      const before = await store.findForUpdate(id)
      const now = clock.now()
      const metadataExpiresAt = now + cacheTime
      if (!before) {
        const client = newClient(id, { ...said, metadataExpiresAt }, now)
        // A concurrent request has already stored the same document.
        if (!(await store.insert(client))) return client
        await changed(null, client)
        return client
      }
      const unchanged = describesItselfAs(before, said)
      const protocol = unchanged ? before.protocol : { ...before.protocol, isKnown: false }
      const client = { ...before, ...said, protocol, metadataExpiresAt, updatedAt: unchanged ? before.updatedAt : now }
      await store.update(client)
      if (changesConsent(before, said)) await forgetConsents(id)
      if (!unchanged) await changed(before, client)
      return client
    })

  const read = async (id: string, happened: DocumentEvents): Promise<Client> => {
    const failure = failures.get(id)
    if (failure && failure.until > clock.now()) throw failure.error
    if (running.size >= maxConcurrent && !running.has(id))
      throw new UnreachableDocumentError(
        'validation_failed',
        'Too many metadata documents are being read at the moment.',
      )
    const reading =
      running.get(id) ??
      readDocument(id, ports)
        .then(async (document) => {
          await admit(id, document)
          return keep(id, document, happened)
        })
        .finally(() => running.delete(id))
    running.set(id, reading)
    try {
      return await reading
    } catch (error) {
      if (failures.size >= maxFailures) failures.clear()
      if (error instanceof InvalidInputError) failures.set(id, { until: clock.now() + failureCacheTime, error })
      throw error
    }
  }

  return {
    async resolve(id, happened) {
      if (!documentAddressAllowed(await patterns(), id)) return undefined
      const known = await store.find(id)
      if (known && known.type !== 'cimd') return known
      const cachedUntil = known?.metadataExpiresAt ?? 0
      if (known && cachedUntil > clock.now()) return known
      try {
        return await read(id, happened)
      } catch (error) {
        if (known && error instanceof UnreachableDocumentError && cachedUntil + grace > clock.now()) return known
        throw error
      }
    },

    async refresh(id, happened) {
      const known = await store.find(id)
      if (!known) throw new NotFoundError('client_not_found', 'There is no such client.')
      if (known.type !== 'cimd') throw refusal('The client does not describe itself by a metadata document.')
      if (!documentAddressAllowed(await patterns(), id))
        throw refusal('Metadata documents may not be read at this address any more.')
      failures.delete(id)
      return read(id, happened)
    },
  }
}

/** With the metadata names of RFC 7591 §2. */
function metadataOf({ name, redirectUris, postLogoutRedirectUris, registration }: Documented) {
  return {
    client_name: name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    ...registration,
  }
}

function newClient(id: string, said: Documented & Pick<Client, 'metadataExpiresAt'>, now: number): Client {
  return {
    id,
    ...said,
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
    accessTokenDurationMinutes: 60,
    refreshTokenDurationMinutes: 43_200,
    protocol: defaultProtocol,
    template: null,
    unusedSince: null,
    createdAt: now,
    updatedAt: now,
  }
}

async function readDocument(id: string, { fetch }: Pick<MetadataDocumentPorts, 'fetch'>): Promise<Read> {
  let answer: Response
  try {
    answer = await fetch(id, { headers, redirect: 'error', signal: AbortSignal.timeout(timeout) })
  } catch (error) {
    throw failed(error)
  }
  if (answer.status >= 500)
    throw new UnreachableDocumentError('validation_failed', `The document answers ${answer.status}.`)
  if (answer.status !== 200) throw refusal(`The address of the metadata document answers ${answer.status}.`)
  const text = await answer.text()
  if (text.length > maxDocumentLength) throw refusal('The metadata document is too large.')
  return { ...documented(id, text), cacheTime: holdOf(answer.headers) }
}

/** Every failure except a temporary network error is a fault of the document. */
function failed(error: unknown): InvalidInputError {
  const reason = error instanceof OutboundError ? error.code : 'unreachable'
  const Kind = reason === 'unreachable' || reason === 'timeout' ? UnreachableDocumentError : InvalidInputError
  return new Kind('validation_failed', `The metadata document of the client cannot be read: ${unread[reason]}.`, {
    cause: error,
  })
}

const unread: Readonly<Record<OutboundErrorCode, string>> = {
  scheme: 'only https is asked',
  not_public: 'its host is at an address of a private network',
  too_many_redirects: 'its address redirects',
  too_large: 'it is too large',
  timeout: 'its host takes too long to answer',
  unreachable: 'its host cannot be reached',
}

/** The freshness lifetime of a document in milliseconds (RFC 9111 §5.2.2.1). */
function holdOf(answered: Headers): number {
  const [, seconds = '0'] = /(?:^|[,\s])max-age\s*=\s*(\d{1,9})/i.exec(answered.get('cache-control') ?? '') ?? []
  return Math.min(maxCacheTime, Math.max(minCacheTime, Number(seconds) * second))
}

function refusal(message: string): InvalidInputError {
  return new InvalidInputError('validation_failed', message)
}
