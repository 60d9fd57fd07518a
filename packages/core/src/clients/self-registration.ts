import type { Clock } from '../clock.ts'
import { NotFound } from '../errors.ts'
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

/** What a program says about a client that it registers, in our fields and beside them. */
export interface SelfRegistered {
  readonly input: ClientInput
  readonly registration: RegisteredMetadata
  /** Whether it proves who it is by a secret. */
  readonly needsSecret: boolean
}

export interface NewSelfRegistered extends SelfRegistered {
  readonly id: string
  /** In clear; `null` for a client without one. */
  readonly secret: string | null
  /** Whether anybody could register it, so that it goes again where nobody uses it. */
  readonly open: boolean
}

/** The clients that programs register and manage by the protocol (RFC 7591, RFC 7592). */
export interface SelfRegistration {
  /**
   * Looks at what does not depend on the moment, which takes others' answers: call it before the transaction. `id` is that
   * of the client that changes.
   *
   * @throws {InvalidInput} `validation_failed`, as `Clients.create`
   */
  check(wanted: SelfRegistered, id?: string): Promise<void>
  create(wanted: NewSelfRegistered): Promise<Client>
  /**
   * Replaces what was registered; what an administrator decided beside it stays. Resolves to the client before and after,
   * and to a new secret in clear where it has none that serves.
   *
   * @throws {NotFound} `client_not_found`
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
  /** Reads what others publish. */
  readonly read: ReadAddress
  readonly clock: Clock
  readonly redirectUriPolicy: RedirectUriPolicy
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  readonly sealSecret: (plain: string) => string
}

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

  /** The secrets after a change, and one in clear where there was none that serves. */
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

    async create({ id, input, registration, secret, open }: NewSelfRegistered) {
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
        unusedSince: open ? now : null,
        createdAt: now,
        updatedAt: now,
      }
      refuse(clientAuthenticationProblems(client))
      if (!(await store.insert(client))) throw new Error('A drawn client id was taken.')
      return client
    },

    change: (id: string, wanted: SelfRegistered) =>
      transaction(async () => {
        const before = await store.findForUpdate(id)
        if (!before) throw new NotFound('client_not_found', 'There is no such client.')
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

/** What has no name in the metadata of clients. */
function decidedByAdministrator(client: Client) {
  const { description, launchUrl, requiresReauthentication, skipConsent, isGroupRestricted } = client
  const { federatedIdentities, accessTokenDurationMinutes, refreshTokenDurationMinutes } = client
  return {
    ...{ description, launchUrl, requiresReauthentication, skipConsent, isGroupRestricted },
    ...{ federatedIdentities, accessTokenDurationMinutes, refreshTokenDurationMinutes },
  }
}
