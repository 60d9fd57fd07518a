import type { CoreContext } from '../context.ts'
import { NotFoundError, RateLimitedError } from '../errors.ts'
import type { Client, RegisteredMetadata } from './client.ts'
import { clientAuthenticationProblems } from './client-authentication.ts'
import { assertNoErrors, type ClientInput, completeInput, inputProblems } from './client-input.ts'
import { hasSameSelfDescription } from './client-origin.ts'
import { defaultProtocol } from './protocol.ts'
import { administratorDefaults } from './registration.ts'
import { mintSecret, omitSealed, sealSecret, signingSecret } from './secrets.ts'
import { sectorProblems } from './sector.ts'

/** The metadata of a client registration, split into our fields and the remaining metadata. */
export interface SelfRegistrationRequest {
  readonly input: ClientInput
  readonly registration: RegisteredMetadata
  readonly needsSecret: boolean
}

export interface NewSelfRegistration extends SelfRegistrationRequest {
  readonly id: string
  /** In plain text; `null` for a client without one. */
  readonly secret: string | null
  /** The network that registered it without credentials, if registration is open to anyone; it is removed if it stays unused. */
  readonly network: string | undefined
}

export interface SelfRegistrationChange {
  readonly before: Client
  readonly client: Client
  readonly secret: string | null
}

/** Maximum number of unused clients that a network has registered without credentials. */
const maxUnused = 15
/** Seconds. */
const retryAfter = 3600

/** Registers and manages clients by the dynamic registration protocols (RFC 7591, RFC 7592). */
export function createSelfRegistration({
  stores: { clients: store, transaction },
  fetch,
  clock,
  redirectUriPolicy,
  masterKey,
}: CoreContext) {
  const toStoredSecret = (minted: ReturnType<typeof mintSecret>, { protocol }: Pick<Client, 'protocol'>) =>
    protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
      ? { ...minted.stored, sealed: sealSecret(masterKey, minted.plain) }
      : minted.stored

  /** The secrets after a change, and a new plain-text secret if there was no suitable one. */
  const nextSecrets = (request: SelfRegistrationRequest, before: Client, after: Pick<Client, 'protocol'>) => {
    if (!request.needsSecret) return { secrets: [], secret: null }
    const now = clock.now()
    const usesSecretAsKey = after.protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
    const existingSecrets = usesSecretAsKey ? before.secrets : before.secrets.map(omitSealed)
    const hasUsableSecret = usesSecretAsKey
      ? signingSecret(before, now) !== undefined
      : before.secrets.some(({ expiresAt }) => expiresAt === null || expiresAt > now)
    if (hasUsableSecret) return { secrets: existingSecrets, secret: null }
    const minted = mintSecret(now)
    return { secrets: [toStoredSecret(minted, after)], secret: minted.plain }
  }

  return {
    /**
     * Validates the metadata and fetches external documents; call it before the transaction. `id` is the client that
     * changes.
     *
     * @throws {InvalidInputError} `validation_failed`, as `Clients.create`
     */
    async check({ input }: SelfRegistrationRequest, id?: string): Promise<void> {
      assertNoErrors(inputProblems(input, redirectUriPolicy))
      const before = id === undefined ? undefined : await store.find(id)
      const protocol = before?.protocol ?? defaultProtocol
      const fields = completeInput(input, { template: null, protocol })
      assertNoErrors([...clientAuthenticationProblems(fields), ...(await sectorProblems(fields, before, fetch))])
    },

    /** @throws {RateLimitedError} `rate_limited` if too many clients of its network are unused */
    async create({ id, input, registration, secret, network }: NewSelfRegistration): Promise<Client> {
      const now = clock.now()
      const fields = completeInput(input, { template: null, protocol: defaultProtocol })
      const client: Client = {
        id,
        type: 'standard',
        ...fields,
        allowedGroupIds: [],
        pkceSupported: false,
        secrets: secret === null ? [] : [toStoredSecret(mintSecret(now, { secret }), fields)],
        ...administratorDefaults,
        registration,
        unusedSince: network === undefined ? null : now,
        createdAt: now,
        updatedAt: now,
      }
      assertNoErrors(clientAuthenticationProblems(client))
      if (network === undefined) {
        if (!(await store.insert(client))) throw new Error('The generated client ID is already in use.')
      } else if (!(await store.insertUnused(client, network, maxUnused)))
        throw new RateLimitedError('This network has registered too many unused clients.', retryAfter)
      return client
    },

    /**
     * Replaces the registered metadata; other administrator settings stay unchanged. Resolves to the client before and
     * after the change, and to a new plain-text secret if the client has no suitable one.
     *
     * @throws {NotFoundError} `client_not_found`
     */
    change: (id: string, request: SelfRegistrationRequest): Promise<SelfRegistrationChange> =>
      transaction(async () => {
        const before = await store.findForUpdate(id)
        if (!before) throw new NotFoundError('client_not_found', 'There is no such client.')
        const fields = metadataFields(completeInput(request.input, before), before)
        assertNoErrors(clientAuthenticationProblems({ ...before, ...fields }))
        const { secrets, secret } = nextSecrets(request, before, fields)
        const { registration } = request
        const isKnown = before.protocol.isKnown && hasSameSelfDescription(before, { ...fields, registration })
        const protocol = { ...fields.protocol, isKnown }
        const client: Client = { ...before, ...fields, protocol, secrets, registration, updatedAt: clock.now() }
        await store.update(client)
        return { before, client, secret }
      }),
  }
}

export type SelfRegistration = ReturnType<typeof createSelfRegistration>

/** The settings that client metadata describes; the others stay as an administrator left them. */
function metadataFields(requested: ReturnType<typeof completeInput>, before: Client) {
  const { name, redirectUris, postLogoutRedirectUris, isPublic, requiresPushedAuthorizationRequests } = requested
  return {
    ...{ name, redirectUris, postLogoutRedirectUris, isPublic, requiresPushedAuthorizationRequests },
    pkceRequired: isPublic || before.pkceRequired,
    protocol: requested.protocol,
  }
}
