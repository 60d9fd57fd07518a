import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import { type Claims, supportedScopes } from '../accounts/claims.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { AccessibleApi, ApiAccessReader } from '../apis/access.ts'
import type { AuditSink } from '../audit/audit-sink.ts'
import { claimsFor } from '../clients/claims.ts'
import type { Clock } from '../clock.ts'
import { apiConsentKey } from '../consents/consent-key.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { Conflict, Forbidden, NotFound } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import { type AuthorizationDetailsTypes, requestedDetails } from '../oidc/authorization-details.ts'
import { extras } from '../oidc/client-metadata.ts'
import { claimsAskedFor, scopesBehindClaims } from '../oidc/requested-claims.ts'
import type { Sessions } from '../oidc/sessions.ts'
import { type Exchange, type Interaction, startAgainAt } from './interaction.ts'
import type { ApiView, ClaimView } from './views.ts'

export interface ConsentPorts {
  readonly provider: () => Provider
  readonly accounts: AccountStore
  readonly consents: ConsentStore
  readonly apiAccess: ApiAccessReader
  readonly authorizationDetailsTypes: AuthorizationDetailsTypes
  readonly sessions: Sessions
  readonly audit: AuditSink
  readonly clock: Clock
}

/** Asks a person whether a client may know who they are, and remembers the answer. */
export function createConsent(ports: ConsentPorts) {
  const { provider, accounts, consents, apiAccess, sessions, audit, clock } = ports
  /** @throws {Conflict} `interaction_expired` where somebody else is signed in by now */
  const whoDecides = async ({ req, res }: Exchange, interaction: Interaction): Promise<Account> => {
    if (interaction.prompt.name !== 'consent')
      throw new Forbidden('validation_failed', 'This interaction does not ask for consent.')
    const session = await sessions.read(req, res)
    if (!session || session.accountId !== interaction.session?.accountId || session.uid !== interaction.session.uid)
      throw new Conflict('interaction_expired', 'The person who was asked is not signed in any more.', {
        details: { startAgain: startAgainAt(provider(), interaction) },
      })
    return eligibleAccount(accounts, session.accountId)
  }
  const claimsTold = async (account: Account, interaction: Interaction): Promise<Claims> => {
    const client = await provider().Client.find(clientIdOf(interaction))
    if (!client) throw new NotFound('client_not_found', 'The client is gone.')
    const names = claimsAskedFor(interaction.params.claims)
    return claimsFor(account, extras(client).pocket_protocol, { scopes: requestedScopes(interaction), names })
  }
  /** The APIs that the client asks for, with the permissions that it asks for and has. */
  const requestedApis = async (interaction: Interaction): Promise<AccessibleApi[]> => {
    const { resource = [], scope } = interaction.params
    const wanted = typeof scope === 'string' ? scope.split(' ') : []
    const found: AccessibleApi[] = []
    for (const each of [resource].flat()) {
      const accessible = await apiAccess.find(String(each), clientIdOf(interaction), 'user')
      if (!accessible) continue
      const permissions = accessible.permissions.filter(({ key }) => wanted.includes(key))
      found.push({ ...accessible, permissions })
    }
    return found
  }
  return {
    async show(exchange: Exchange, interaction: Interaction) {
      const account = await whoDecides(exchange, interaction)
      const before = await consents.find(account.id, clientIdOf(interaction))
      return {
        account,
        claims: claimsToShow(
          await claimsTold(account, interaction),
          account.emailVerified,
          requestedScopes(interaction),
        ),
        apis: (await requestedApis(interaction)).map(apiView),
        authorizationDetails: (requestedDetails(interaction.params) ?? []).map((detail) => ({
          type: detail.type,
          description: ports.authorizationDetailsTypes[detail.type]?.describe?.(detail) ?? null,
          json: JSON.stringify(detail, null, 2),
        })),
        allowedBefore: before !== undefined,
      }
    },

    /** Returns where to go on. */
    async allow(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await whoDecides(exchange, interaction)
      const apis = await requestedApis(interaction)
      const scopes = [...requestedScopes(interaction), ...apis.flatMap(keysOf)]
      const clientId = clientIdOf(interaction)
      const consented = [...requestedScopes(interaction), ...apis.flatMap(consentKeysOf)]
      await consents.allow(account.id, clientId, consented, clock.now())
      await audit.record(
        { event: 'consent_given', accountId: account.id, clientId, scopes },
        requestContext(exchange.req),
      )
      interaction.result = { ...interaction.lastSubmission, consent: {} }
      await interaction.persist()
      return interaction.returnTo
    },

    /** Returns where to go on: the client learns `access_denied` (RFC 6749 §4.1.2.1). */
    async refuse(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await whoDecides(exchange, interaction)
      await audit.record(
        { event: 'consent_refused', accountId: account.id, clientId: clientIdOf(interaction) },
        requestContext(exchange.req),
      )
      interaction.result = { error: 'access_denied', error_description: 'the person did not allow it' }
      await interaction.persist()
      return interaction.returnTo
    },
  }
}

export type ConsentInteraction = ReturnType<typeof createConsent>

function apiView({ api, permissions }: AccessibleApi): ApiView {
  const { name, resource } = api
  return { name, resource, permissions: permissions.map(({ key, name, description }) => ({ key, name, description })) }
}

function keysOf({ permissions }: AccessibleApi): string[] {
  return permissions.map(({ key }) => key)
}

function consentKeysOf(accessible: AccessibleApi): string[] {
  return ['', ...keysOf(accessible)].map((key) => apiConsentKey(accessible.api.resource, key))
}

function clientIdOf({ params }: Interaction): string {
  return typeof params.client_id === 'string' ? params.client_id : ''
}

function requestedScopes({ params }: Interaction): string[] {
  const asked = typeof params.scope === 'string' ? params.scope.split(' ') : []
  const requested = [...asked, ...scopesBehindClaims(params.claims)]
  return supportedScopes.filter((scope) => requested.includes(scope))
}

/** Claims with a place of their own, and those that say the same once more. */
const shownApart = new Set([
  'sub',
  'name',
  'given_name',
  'family_name',
  'display_name',
  'email_verified',
  'picture',
  'updated_at',
])
const shownFirst = { name: 'name', preferred_username: 'user_name', email: 'email', groups: 'groups' } as const

function claimsToShow(claims: Claims, emailVerified: boolean, scopes: readonly string[]): ClaimView[] {
  const first = Object.entries(shownFirst).map(([name, claim]) => ({
    claim,
    value: asText(claims[name]),
    verified: claim === 'email' ? emailVerified : null,
  }))
  const others = Object.entries(claims)
    .filter(([name]) => !shownApart.has(name) && !Object.hasOwn(shownFirst, name))
    .map(([name, value]) => ({ claim: 'other' as const, name, value: asText(value), verified: null }))
  const shown = [...first, ...others].filter(({ value }) => value !== '')
  return scopes.includes('offline_access') ? [...shown, { claim: 'offline_access', value: '', verified: null }] : shown
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(', ')
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}
