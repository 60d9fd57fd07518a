import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import type { CoreContext } from '../context.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { revokeGrant } from './grant-destruction.ts'
import type { ProviderSession } from './logout.ts'
import { getSubject, type PairwiseIdentifier } from './pairwise.ts'
import { protocolRoutes } from './paths.ts'
import { getPostLogoutUrl } from './post-logout.ts'
import type { Sessions } from './sessions.ts'

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>

/**
 * Signs out without a prompt if an ID token proves that the client took part in a session of this browser (OpenID Connect
 * RP-Initiated Logout §2), or if no user is signed in. In all other cases the library asks the user.
 *
 * @returns whether it has sent the response
 */
export function createSilentLogout(
  { issuer, audit, stores }: CoreContext,
  provider: () => Provider,
  sessions: Pick<Sessions, 'endMatching'>,
  pairwise: PairwiseIdentifier,
) {
  const endLogin = createLoginRevocation(stores.artifacts, pairwise)
  return async (ctx: Context): Promise<boolean> => {
    if (ctx.method !== 'GET' || ctx.path !== protocolRoutes.end_session) return false
    const request = readRequest(ctx.querystring)
    const subject =
      request &&
      (request.hint === null ? await findNamedClient(provider(), request) : await findHintedClient(provider(), request))
    if (!request || !subject) return false
    const { client, hint } = subject
    const destination = getPostLogoutUrl(subject, issuer.id, request)
    if (destination === undefined) return false

    const matchesHint = ({ accountId, authorizations = {} }: ProviderSession) => {
      if (client === undefined || hint === undefined) return false
      const { subject, sid } = hint
      const authorization = Object.hasOwn(authorizations, client.clientId) ? authorizations[client.clientId] : undefined
      if (accountId === undefined || authorization === undefined || (sid !== undefined && sid !== authorization.sid))
        return false
      return subject === getSubject(pairwise, accountId, client)
    }
    const origin = requestContext(ctx.req)
    const accountId = await sessions.endMatching(ctx.req, ctx.res, matchesHint)
    if (accountId === undefined) return false
    if (accountId !== null) await audit.record({ event: 'signed_out', accountId }, origin)
    else if (client && hint) {
      const { clientId } = client
      const ownerId = await endLogin({ client, ...hint })
      if (ownerId)
        await audit.record({ event: 'token_revoked', kind: 'RefreshToken', clientId, accountId: ownerId }, origin)
    }
    setPageHeaders(ctx.res, 'to-clients')
    ctx.status = 303
    ctx.redirect(destination)
    return true
  }
}

interface LogoutRequest {
  readonly hint: string | null
  readonly clientId: string | null
  readonly redirectUri: string | null
  readonly state: string | null
  readonly uiLocales: string | null
}

/** `undefined` if a parameter is repeated. */
function readRequest(querystring: string): LogoutRequest | undefined {
  const query = new URLSearchParams(querystring)
  if (new Set(query.keys()).size !== query.size) return undefined
  return {
    hint: query.get('id_token_hint') || null,
    clientId: query.get('client_id') || null,
    redirectUri: query.get('post_logout_redirect_uri') || null,
    state: query.get('state'),
    uiLocales: query.get('ui_locales'),
  }
}

interface LogoutSubject {
  /** Absent if the request names no client. */
  readonly client?: Client
  readonly hint?: { readonly subject: string; readonly sid: unknown; readonly authTime: number }
}

async function findNamedClient(provider: Provider, { clientId }: LogoutRequest): Promise<LogoutSubject | undefined> {
  if (clientId === null) return {}
  const client = await provider.Client.find(clientId).catch(() => undefined)
  return client && { client }
}

/**
 * The client and subject of one of our ID tokens. The token may have expired, and any published key may have signed it, because
 * the algorithm of the client can change.
 */
async function findHintedClient(
  provider: Provider,
  { hint, clientId }: LogoutRequest,
): Promise<LogoutSubject | undefined> {
  if (hint === null) return undefined
  try {
    const { aud } = decodeJwt(hint)
    if (typeof aud !== 'string' || (clientId !== null && clientId !== aud)) return undefined
    const client = await provider.Client.find(aud)
    const algorithm = decodeProtectedHeader(hint).alg
    if (!client || !isSigningAlgorithm(algorithm)) return undefined
    const signedClient: Client = Object.create(client, { idTokenSignedResponseAlg: { value: algorithm } })
    const { payload } = await provider.IdToken.validate(hint, signedClient)
    const { sub: subject, sid, type, auth_time: authTime } = payload
    // These keys sign other tokens too.
    if (type !== 'id-token' || typeof subject !== 'string' || typeof authTime !== 'number') return undefined
    return { client, hint: { subject, sid, authTime } }
  } catch {
    return undefined
  }
}

function isSigningAlgorithm(algorithm: string | undefined): algorithm is SigningAlgorithm {
  return signingAlgorithms.some((candidate) => candidate === algorithm)
}

interface Login {
  readonly client: { readonly clientId: string }
  readonly subject: string
  /** Seconds since the Unix epoch. */
  readonly authTime: number
}

/**
 * Revokes the tokens of a sign-in whose session has expired, because refresh tokens outlive the session and the user now signs
 * out. Resolves to the account ID if anything was revoked.
 */
function createLoginRevocation(artifacts: ArtifactStore, pairwise: PairwiseIdentifier) {
  return async ({ client, subject, authTime }: Login): Promise<string | undefined> => {
    const { clientId } = client
    const accounts = await artifacts.accountsOf(clientId)
    const accountId = accounts.find((id) => getSubject(pairwise, id, client) === subject)
    const tokens = accountId === undefined ? [] : await artifacts.listByAccount('RefreshToken', accountId)
    const loginTokens = tokens.filter(
      (token) => token.clientId === clientId && JSON.parse(token.payload).authTime === authTime,
    )
    const grantIds = new Set(loginTokens.flatMap(({ grantId }) => grantId ?? []))
    for (const grantId of grantIds) await revokeGrant(artifacts, grantId)
    return grantIds.size > 0 ? accountId : undefined
  }
}
