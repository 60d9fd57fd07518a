import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import type { AuditSink } from '../audit/audit-sink.ts'
import type { ClaimsOfHost, MakeClaims } from '../clients/claim-maker.ts'
import type { Clock } from '../clock.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts'
import type { RunBeforeHook } from '../hooks.ts'
import { requestContext } from '../http/request-context.ts'
import type { AuthorizationDetailsTypes } from '../oidc/authorization-details.ts'
import { claimsClient, extras } from '../oidc/client-metadata.ts'
import { nativeClientReason } from '../oidc/policy.ts'
import { restartUrl } from '../oidc/restart.ts'
import type { Sessions } from '../oidc/sessions.ts'
import { answerInteraction, type Exchange, type Interaction } from './interaction.ts'
import {
  apiView,
  claimsToShow,
  consentKeysOf,
  detailViews,
  keysOf,
  type Parameters,
  releasedClaims,
  requestedApis,
  requestedScopes,
} from './requested.ts'

export interface ConsentPorts {
  readonly provider: () => Provider
  readonly accounts: AccountStore
  readonly claimsOfHost: ClaimsOfHost
  readonly makeClaims: MakeClaims
  readonly consents: ConsentStore
  readonly apiAccess: ApiAccessReader
  readonly authorizationDetailsTypes: AuthorizationDetailsTypes
  readonly sessions: Sessions
  readonly before: RunBeforeHook
  readonly audit: AuditSink
  readonly clock: Clock
}

/** Asks a user to consent to a client's access, and stores the decision. */
export function createConsent(ports: ConsentPorts) {
  const { provider, accounts, makeClaims, consents, apiAccess, sessions, audit, clock } = ports
  /** @throws {ConflictError} `interaction_expired` if another user has since signed in */
  const decidingAccount = async ({ req, res }: Exchange, interaction: Interaction): Promise<Account> => {
    if (interaction.prompt.name !== 'consent')
      throw new ForbiddenError('validation_failed', 'This interaction does not ask for consent.')
    const session = await sessions.read(req, res)
    if (!session || session.accountId !== interaction.session?.accountId || session.uid !== interaction.session.uid)
      throw new ConflictError('interaction_expired', 'The person who was asked is not signed in any more.', {
        details: { startAgain: restartUrl(provider(), interaction) },
      })
    return eligibleAccount(accounts, session.accountId)
  }
  const clientOf = async (interaction: Interaction) => {
    const client = await provider().Client.find(clientIdOf(interaction))
    if (!client) throw new NotFoundError('client_not_found', 'The client is gone.')
    return client
  }
  const finish = (interaction: Interaction): Promise<string> =>
    answerInteraction(provider(), interaction, (answered) => {
      answered.result = { ...answered.lastSubmission, consent: {} }
    })
  return {
    confirmsOnly,

    async show(exchange: Exchange, interaction: Interaction) {
      const account = await decidingAccount(exchange, interaction)
      const { params } = interaction
      const before = await consents.find(account.id, clientIdOf(interaction))
      const client = await clientOf(interaction)
      const scopes = requestedScopes(params)
      const ofHost = await ports.claimsOfHost(account, claimsClient(client), scopes)
      const told = (asked: Parameters) => releasedClaims(makeClaims, { account, client, params: asked, ofHost })
      const allowed = before && { scopes: before.scopes, claims: await told({ scope: before.scopes.join(' ') }) }
      return {
        account,
        origin: extras(client).pocket_origin,
        claims: claimsToShow(await told(params), account, scopes, allowed),
        apis: (await requestedApis(apiAccess, clientIdOf(interaction), params)).map((each) =>
          apiView(each, before?.scopes),
        ),
        authorizationDetails: detailViews(params, ports.authorizationDetailsTypes),
        allowedBefore: before !== undefined,
      }
    },

    /** Returns the URL to continue at. */
    async allow(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await decidingAccount(exchange, interaction)
      const { params } = interaction
      const clientId = clientIdOf(interaction)
      if (confirmsOnly(interaction)) return finish(interaction)
      const apis = await requestedApis(apiAccess, clientId, params)
      const scopes = [...requestedScopes(params), ...apis.flatMap(keysOf)]
      const consented = [...requestedScopes(params), ...apis.flatMap(consentKeysOf)]
      await ports.before('allowClient', { account, clientId, scopes })
      await consents.allow(account.id, clientId, consented, clock.now())
      await audit.record(
        { event: 'consent_given', accountId: account.id, clientId, scopes },
        requestContext(exchange.req),
      )
      return finish(interaction)
    },

    /** Returns the URL to continue at; the client receives `access_denied` (RFC 6749 §4.1.2.1). */
    async refuse(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await decidingAccount(exchange, interaction)
      await audit.record(
        { event: 'consent_refused', accountId: account.id, clientId: clientIdOf(interaction) },
        requestContext(exchange.req),
      )
      return answerInteraction(provider(), interaction, (answered) => {
        answered.result = { error: 'access_denied', error_description: 'the person did not allow it' }
      })
    },
  }
}

export type ConsentInteraction = ReturnType<typeof createConsent>

/** Whether consent exists and the user only has to continue (RFC 8252 §8.6). */
function confirmsOnly({ prompt }: Interaction): boolean {
  return prompt.reasons.every((reason) => reason === nativeClientReason)
}

function clientIdOf({ params }: Interaction): string {
  return typeof params.client_id === 'string' ? params.client_id : ''
}
