import type { Account } from '../accounts/account.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { CoreContext } from '../context.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import { claimsClient, extras } from '../oidc/client-metadata.ts'
import { nativeClientReason } from '../oidc/policy.ts'
import { restartUrl } from '../oidc/restart.ts'
import { completeInteraction, type Exchange, type Interaction } from './interaction.ts'
import {
  apiView,
  consentKeysOf,
  detailViews,
  type Parameters,
  permissionKeys,
  releasedClaims,
  requestedApis,
  requestedScopes,
  toClaimViews,
} from './requested.ts'
import type { InteractionServices } from './services.ts'

/** Asks a user to consent to a client's access, and stores the decision. */
export function createConsent(context: CoreContext, { provider, apiAccess, sessions }: InteractionServices) {
  const { stores, makeClaims, audit, clock } = context
  const { accounts, consents } = stores
  /** @throws {ConflictError} `interaction_expired` if another user has since signed in */
  const getDecidingAccount = async ({ req, res }: Exchange, interaction: Interaction): Promise<Account> => {
    if (interaction.prompt.name !== 'consent')
      throw new ForbiddenError('validation_failed', 'This interaction does not ask for consent.')
    const session = await sessions.read(req, res)
    if (!session || session.accountId !== interaction.session?.accountId || session.uid !== interaction.session.uid)
      throw new ConflictError('interaction_expired', 'The user who was asked is no longer signed in.', {
        details: { startAgain: restartUrl(provider(), interaction) },
      })
    return eligibleAccount(accounts, session.accountId)
  }
  const getClient = async (interaction: Interaction) => {
    const client = await provider().Client.find(getClientId(interaction))
    if (!client) throw new NotFoundError('client_not_found', 'The client no longer exists.')
    return client
  }
  const finish = (interaction: Interaction): Promise<string> =>
    completeInteraction(provider(), interaction, (current) => {
      current.result = { ...current.lastSubmission, consent: {} }
    })
  return {
    confirmsOnly: needsOnlyConfirmation,

    async describe(exchange: Exchange, interaction: Interaction) {
      const account = await getDecidingAccount(exchange, interaction)
      const { params } = interaction
      const before = await consents.find(account.id, getClientId(interaction))
      const client = await getClient(interaction)
      const scopes = requestedScopes(params)
      const hostClaims = await context.getHostClaims(account, claimsClient(client), scopes)
      const getReleasedClaims = (requestParams: Parameters) =>
        releasedClaims(makeClaims, { account, client, params: requestParams, hostClaims })
      const allowedBefore = before && {
        scopes: before.scopes,
        claims: await getReleasedClaims({ scope: before.scopes.join(' ') }),
      }
      return {
        account,
        origin: extras(client).pocket_origin,
        claims: toClaimViews(await getReleasedClaims(params), account, scopes, allowedBefore),
        apis: (await requestedApis(apiAccess, getClientId(interaction), params)).map((api) =>
          apiView(api, before?.scopes),
        ),
        authorizationDetails: detailViews(params, context.authorizationDetailsTypes),
        allowedBefore: before !== undefined,
      }
    },

    async allow(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await getDecidingAccount(exchange, interaction)
      const { params } = interaction
      const clientId = getClientId(interaction)
      if (needsOnlyConfirmation(interaction)) return finish(interaction)
      const apis = await requestedApis(apiAccess, clientId, params)
      const scopes = [...requestedScopes(params), ...apis.flatMap(permissionKeys)]
      const consentScopes = [...requestedScopes(params), ...apis.flatMap(consentKeysOf)]
      await context.before('allowClient', { account, clientId, scopes })
      await consents.allow(account.id, clientId, consentScopes, clock.now())
      await audit.record(
        { event: 'consent_given', accountId: account.id, clientId, scopes },
        requestContext(exchange.req),
      )
      return finish(interaction)
    },

    /** Returns the URL to continue at; the client receives `access_denied` (RFC 6749 §4.1.2.1). */
    async refuse(exchange: Exchange, interaction: Interaction): Promise<string> {
      const account = await getDecidingAccount(exchange, interaction)
      await audit.record(
        { event: 'consent_refused', accountId: account.id, clientId: getClientId(interaction) },
        requestContext(exchange.req),
      )
      return completeInteraction(provider(), interaction, (current) => {
        current.result = { error: 'access_denied', error_description: 'the user denied the request' }
      })
    },
  }
}

export type ConsentInteraction = ReturnType<typeof createConsent>

/** Whether consent exists and the user only has to continue (RFC 8252 §8.6). */
function needsOnlyConfirmation({ prompt }: Interaction): boolean {
  return prompt.reasons.every((reason) => reason === nativeClientReason)
}

function getClientId({ params }: Interaction): string {
  return typeof params.client_id === 'string' ? params.client_id : ''
}
