import type { Clock } from '../clock.ts'
import { NotFoundError, RateLimitedError } from '../errors.ts'
import type { Client, RegisteredMetadata } from './client.ts'
import { clientAuthenticationProblems } from './client-authentication.ts'
import { type ClientInput, decided, problems, refuse } from './client-input.ts'
import { describesItselfAs } from './client-origin.ts'
import type { ClientStore } from './client-store.ts'
import { defaultProtocol } from './protocol.ts'
import type { RedirectUriPolicy } from './redirect-uris.ts'
import { byAdministrator } from './registration.ts'
import { hashedOnly, mintSecret, signingSecret } from './secrets.ts'
import { type ReadAddress, sectorProblems } from './sector.ts'

/** The metadata of a client registration, split into our fields and the remaining metadata. */
export interface SelfRegistered {
  readonly input: ClientInput
  readonly registration: RegisteredMetadata
  /** Whether the client authenticates with a secret. */
  readonly needsSecret: boolean
}

export interface NewSelfRegistered extends SelfRegistered {
  readonly id: string
  /** In plain text; `null` for a client without one. */
  readonly secret: string | null
  /** The network that registered it without credentials, if registration is open to anyone; it is removed if it stays unused. */
  readonly network: string | undefined
}

/** Registers and manages clients by the dynamic registration protocols (RFC 7591, RFC 7592). */
export interface SelfRegistration {
  /**
   * Validates the metadata and fetches external documents; call it before the transaction. `id` is the client that
   * changes.
   *
   * @throws {InvalidInputError} `validation_failed`, as `Clients.create`
   */
  check(wanted: SelfRegistered, id?: string): Promise<void>
  /** @throws {RateLimitedError} `rate_limited` if too many clients of its network are unused */
  create(wanted: NewSelfRegistered): Promise<Client>
  /**
   * Replaces the registered metadata; other administrator settings stay unchanged. Resolves to the client before and
   * after the change, and to a new plain-text secret if the client has no suitable one.
   *
   * @throws {NotFoundError} `client_not_found`
   */
  change(id: string, wanted: SelfRegistered): Promise<SelfRegistrationChange>
}

export interface SelfRegistrationChange {
  readonly before: Client
  readonly client: Client
  readonly secret: string | null
}

export interface SelfRegistrationPorts {
  readonly store: ClientStore
  /** Fetches an external URL. */
  readonly read: ReadAddress
  readonly clock: Clock
  readonly redirectUriPolicy: RedirectUriPolicy
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  readonly sealSecret: (plain: string) => string
}

/** Maximum number of unused clients that a network has registered without credentials. */
const maxUnused = 50
/** Seconds. */
const retryAfter = 3600

export function createSelfRegistration({
  store,
  read,
  clock,
  redirectUriPolicy,
  transaction,
  sealSecret,
}: SelfRegistrationPorts): SelfRegistration {
  const storedSecret = (minted: ReturnType<typeof mintSecret>, { protocol }: Pick<Client, 'protocol'>) =>
    protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
      ? { ...minted.stored, sealed: sealSecret(minted.plain) }
      : minted.stored

  /** The secrets after a change, and a new plain-text secret if there was no suitable one. */
  const secretsAfter = (wanted: SelfRegistered, before: Client, after: Pick<Client, 'protocol'>) => {
    if (!wanted.needsSecret) return { secrets: [], secret: null }
    const now = clock.now()
    const signs = after.protocol.tokenEndpointAuthMethod === 'client_secret_jwt'
    const kept = signs ? before.secrets : before.secrets.map(hashedOnly)
    const serves = signs
      ? signingSecret(before, now) !== undefined
      : before.secrets.some(({ expiresAt }) => expiresAt === null || expiresAt > now)
    if (serves) return { secrets: kept, secret: null }
    const minted = mintSecret(now)
    return { secrets: [storedSecret(minted, after)], secret: minted.plain }
  }

  return {
    async check({ input }: SelfRegistered, id?: string) {
      refuse(problems(input, redirectUriPolicy))
      const before = id === undefined ? undefined : await store.find(id)
      const protocol = before?.protocol ?? defaultProtocol
      const wanted = decided(input, { template: null, protocol })
      refuse([...clientAuthenticationProblems(wanted), ...(await sectorProblems(wanted, before, read))])
    },

    async create({ id, input, registration, secret, network }: NewSelfRegistered) {
      const now = clock.now()
      const fields = decided(input, { template: null, protocol: defaultProtocol })
      const client: Client = {
        id,
        type: 'standard',
        ...fields,
        allowedGroupIds: [],
        pkceSupported: false,
        secrets: secret === null ? [] : [storedSecret(mintSecret(now, { secret }), fields)],
        ...byAdministrator,
        registration,
        unusedSince: network === undefined ? null : now,
        createdAt: now,
        updatedAt: now,
      }
      refuse(clientAuthenticationProblems(client))
      if (network === undefined) {
        if (!(await store.insert(client))) throw new Error('A drawn client id was taken.')
      } else if (!(await store.insertUnused(client, network, maxUnused)))
        throw new RateLimitedError('Too many clients of this network are unused.', retryAfter)
      return client
    },

    change: (id: string, wanted: SelfRegistered) =>
      transaction(async () => {
        const before = await store.findForUpdate(id)
        if (!before) throw new NotFoundError('client_not_found', 'There is no such client.')
        const said = decided(wanted.input, before)
        const pkceRequired = said.isPublic || before.pkceRequired
        const fields = { ...said, ...decidedByAdministrator(before), pkceRequired }
        refuse(clientAuthenticationProblems(fields))
        const { secrets, secret } = secretsAfter(wanted, before, fields)
        const { registration } = wanted
        const isKnown = before.protocol.isKnown && describesItselfAs(before, { ...fields, registration })
        const protocol = { ...fields.protocol, isKnown }
        const client: Client = { ...before, ...fields, protocol, secrets, registration, updatedAt: clock.now() }
        await store.update(client)
        return { before, client, secret }
      }),
  }
}

/** Settings that have no name in client metadata. */
function decidedByAdministrator(client: Client) {
  const { description, launchUrl, requiresReauthentication, skipConsent, isGroupRestricted } = client
  const { federatedIdentities, accessTokenDurationMinutes, refreshTokenDurationMinutes } = client
  return {
    ...{ description, launchUrl, requiresReauthentication, skipConsent, isGroupRestricted },
    ...{ federatedIdentities, accessTokenDurationMinutes, refreshTokenDurationMinutes },
  }
}
