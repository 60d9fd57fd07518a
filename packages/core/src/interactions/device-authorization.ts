import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import type { AccessibleApi } from '../apis/access.ts'
import type { AccessCheckInput } from '../clients/access-checks.ts'
import { accessProblem } from '../clients/group-restriction.ts'
import { normalizeUserCode } from '../codes/user-codes.ts'
import type { CoreContext } from '../context.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotAuthenticatedError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import { requestedDetails } from '../oidc/authorization-details.ts'
import { extras, policyClient, signInRequirements } from '../oidc/client-metadata.ts'
import { requestedClaimNames } from '../oidc/requested-claims.ts'
import { lockSession } from '../oidc/session-ends.ts'
import { uuid } from '../random.ts'
import { isTooOld } from '../sessions/freshness.ts'
import { authenticationContext, isWithoutPasskey, type Session } from '../sessions/session.ts'
import type { ApiView, AuthorizationDetailView, ClaimView } from '../views/views.ts'
import type { ReauthenticationService } from './reauthentication.ts'
import {
  apiView,
  consentKeysOf,
  detailViews,
  permissionKeys,
  releasedClaims,
  requestedApis,
  requestedScopes,
  toClaimViews,
} from './requested.ts'
import type { InteractionServices } from './services.ts'

/** A device authorization request (RFC 8628 §3.3), as shown to the user who decides. */
export interface PendingDeviceAuthorization {
  readonly userCode: string
  readonly client: { readonly id: string; readonly name: string }
  /** The requested scopes. */
  readonly scopes: readonly string[]
  readonly claims: readonly ClaimView[]
  readonly apis: readonly ApiView[]
  readonly authorizationDetails: readonly AuthorizationDetailView[]
  /** Whether the request exceeds the existing consent. */
  readonly consentRequired: boolean
  /** Whether a passkey authentication is needed: the client requires it, or the session used none. */
  readonly reauthenticationRequired: boolean
  readonly device: { readonly ipAddress: string | null; readonly userAgent: string | null }
}

/** Lets users approve or deny device authorization requests (RFC 8628 §3.3). All methods throw the same errors as `find`. */
export interface DeviceAuthorizationService {
  /**
   * The request of this user code, for the signed-in user.
   *
   * @throws {NotAuthenticatedError} `not_signed_in`
   * @throws {InvalidInputError} `oidc_invalid_device_code`, `oidc_device_code_expired`
   * @throws {ConflictError} `oidc_device_code_used` if a user has already decided
   * @throws {ForbiddenError} `client_not_allowed` if the user's groups do not permit the client, `second_passkey_required`
   */
  find(req: IncomingMessage, res: ServerResponse, code: string): Promise<PendingDeviceAuthorization>
  /**
   * Approves the request. If the client requires a passkey, `response` is the passkey response; without it, a reauthentication
   * is consumed.
   *
   * @throws the same errors as `ReauthenticationService.demand` or `SignInService.confirm`
   */
  approve(req: IncomingMessage, res: ServerResponse, input: { code: string; response?: unknown }): Promise<void>
  /** Denies the request with `access_denied`; also available to users whose groups do not permit the client. */
  deny(req: IncomingMessage, res: ServerResponse, code: string): Promise<void>
}

type DeviceCode = InstanceType<Provider['DeviceCode']>
type ProviderClient = InstanceType<Provider['Client']>

interface DeviceRequest {
  readonly code: DeviceCode
  readonly client: ProviderClient
  readonly account: Account
  readonly session: Session
  readonly scopes: readonly string[]
  readonly apis: readonly AccessibleApi[]
  readonly consentKeys: readonly string[]
  readonly reauthenticationRequired: boolean
}

export function createDeviceAuthorizations(
  context: CoreContext,
  { provider, apiAccess, sessions, signIn, history }: InteractionServices,
  reauthentication: Pick<ReauthenticationService, 'demand'>,
): DeviceAuthorizationService {
  const { stores, audited, audit, clock } = context
  const { accounts, artifacts, consents, transaction } = stores

  const findCode = async (input: string): Promise<DeviceCode> => {
    const code = await provider().DeviceCode.findByUserCode(normalizeUserCode(input), { ignoreExpiration: true })
    if (!code) throw new InvalidInputError('oidc_invalid_device_code', 'The code does not exist.')
    if ((code.exp ?? 0) * 1000 <= clock.now())
      throw new InvalidInputError('oidc_device_code_expired', 'The code has expired.')
    if (code.accountId !== undefined)
      throw new ConflictError('oidc_device_code_used', 'A user has already decided on this code.')
    return code
  }

  /** With `canDeny`, also accepts users who may not use the client. */
  const loadRequest = async (
    req: IncomingMessage,
    res: ServerResponse,
    input: string,
    canDeny = false,
  ): Promise<DeviceRequest> => {
    const session = await sessions.read(req, res)
    if (!session) throw new NotAuthenticatedError('not_signed_in', 'No user is signed in.')
    const code = await findCode(input)
    const client = await provider().Client.find(code.clientId ?? '')
    if (!client) throw new InvalidInputError('oidc_invalid_device_code', 'The client no longer exists.')
    const account = await eligibleAccount(accounts, session.accountId)
    const problem = canDeny
      ? undefined
      : await accessProblem(extras(client).pocket_access, account, context.countPasskeys)
    if (problem === 'second_passkey')
      throw new ForbiddenError('second_passkey_required', 'The account needs a second passkey to use this client.')
    if (problem)
      throw new ForbiddenError('client_not_allowed', 'The account is in none of the groups that may use this client.')
    const { params = {} } = code
    const decision = canDeny
      ? undefined
      : await context.runAccessChecks(createAccessCheckInput({ account, client, session, params }))
    if (decision && !('signInAgain' in decision.result))
      throw new ForbiddenError(
        'client_not_allowed',
        `The check ${decision.check} denies the account access to this client.`,
      )
    const apis = await requestedApis(apiAccess, client.clientId, params)
    const now = Math.floor(clock.now() / 1000)
    const oidcScopes = requestedScopes(params)
    return {
      code,
      client,
      account,
      session,
      apis,
      scopes: [...oidcScopes, ...apis.flatMap(permissionKeys)],
      consentKeys: [...oidcScopes, ...apis.flatMap(consentKeysOf)],
      reauthenticationRequired:
        decision !== undefined ||
        // The tokens of a device outlive the session that approves it.
        isWithoutPasskey(session) ||
        isTooOld(session, signInRequirements(client), { at: now, now }),
    }
  }

  /** Creates a separate grant: it outlives the session of this browser, and ends with the consent, the group or the account. */
  const createGrant = async ({ code: { params = {} }, client, account, apis }: DeviceRequest) => {
    const { Grant } = provider()
    const grant = new Grant({ accountId: account.id, clientId: client.clientId })
    grant.addOIDCScope(requestedScopes(params))
    const claims = requestedClaimNames(params.claims)
    if (claims.length > 0) grant.addOIDCClaims([...claims])
    for (const { api, permissions } of apis)
      if (permissions.length > 0)
        grant.addResourceScope(
          indicatorOf(params.resource, api.resource),
          permissions.map(({ key }) => key),
        )
    await grant.save()
    return grant
  }

  return {
    async find(req, res, input) {
      const request = await loadRequest(req, res, input)
      const { code, client, account, scopes, apis, consentKeys, reauthenticationRequired } = request
      const { params = {}, deviceInfo = {} } = code
      const before = await consents.find(account.id, client.clientId)
      return {
        userCode: code.userCode,
        client: { id: client.clientId, name: client.clientName ?? client.clientId },
        scopes,
        claims: toClaimViews(
          await releasedClaims(context.makeClaims, { account, client, params }),
          account,
          requestedScopes(params),
        ),
        apis: apis.map((api) => apiView(api)),
        authorizationDetails: detailViews(params, context.authorizationDetailsTypes),
        consentRequired:
          // Authorization details always require consent.
          requestedDetails(params) !== undefined ||
          (!extras(client).pocket_skip_consent && !consentKeys.every((key) => before?.scopes.includes(key))),
        reauthenticationRequired,
        device: { ipAddress: asString(deviceInfo.ipAddress), userAgent: asString(deviceInfo.userAgent) },
      }
    },

    async approve(req, res, { code: input, response }) {
      const request = await loadRequest(req, res, input)
      const { code, client, account, session, scopes, consentKeys } = request
      let authentication: Pick<Session, 'amr' | 'acr' | 'authTime'> = session
      if (response !== undefined) {
        await signIn.confirm(req, res, { accountId: account.id, response })
        authentication = authenticationContext('passkey', clock.now())
      } else if (request.reauthenticationRequired) await reauthentication.demand(req, res)
      const hookInput = { account, clientId: client.clientId, scopes }
      await audited('allowClient', hookInput, { at: 'device', origin: requestContext(req) })
      const isRepeated = await transaction(async () => {
        const label = client.clientName ?? client.clientId
        // Locks the account first, as the removal of a passkey does: the other order could deadlock.
        await history.recordCredential({ sessionUid: session.uid }, { kind: 'device_approved', subject: uuid(), label })
        // With the lock, a session that ends concurrently cannot approve a device.
        if (!(await lockSession(artifacts, session.uid)))
          throw new NotAuthenticatedError('not_signed_in', 'The session has ended.')
        const grant = await createGrant(request)
        const { params = {} } = code
        Object.assign(code, {
          accountId: account.id,
          grantId: grant.jti,
          scope: scopes.join(' '),
          amr: [...authentication.amr],
          acr: authentication.acr,
          authTime: authentication.authTime,
          sessionUid: session.uid,
          ...(typeof params.claims === 'string' && { claims: JSON.parse(params.claims) }),
          rar: requestedDetails(params),
          ...(params.resource !== undefined && { resource: params.resource }),
        })
        await code.save()
        const before = await consents.find(account.id, client.clientId)
        await consents.allow(account.id, client.clientId, consentKeys, clock.now())
        return consentKeys.every((key) => before?.scopes.includes(key))
      })
      await audit.record(
        {
          event: isRepeated ? 'device_authorized_again' : 'device_authorized',
          accountId: account.id,
          clientId: client.clientId,
          scopes,
        },
        requestContext(req),
      )
    },

    async deny(req, res, input) {
      const { code, client, account } = await loadRequest(req, res, input, true)
      const error = { error: 'access_denied', errorDescription: 'the user denied the request' }
      await Object.assign(code, { accountId: account.id, ...error }).save()
      await audit.record(
        { event: 'device_refused', accountId: account.id, clientId: client.clientId },
        requestContext(req),
      )
    },
  }
}

function createAccessCheckInput({
  account,
  client,
  session,
  params,
}: Pick<DeviceRequest, 'account' | 'client' | 'session'> & {
  readonly params: Readonly<Record<string, unknown>>
}): AccessCheckInput {
  const { acr, amr, authTime } = session
  return {
    occasion: 'device',
    account,
    client: policyClient(client),
    scopes: String(params.scope ?? '').split(' '),
    session: { acr, amr, authTime },
    acrValues: [],
  }
}

/** The resource indicator as requested, because the library compares it exactly. */
function indicatorOf(requested: unknown, resource: string): string {
  const [indicator] = [requested].flat()
  return typeof indicator === 'string' ? indicator : resource
}

function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
