import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { AuditSink } from '../audit/audit-sink.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import { pageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import type { createLoginEnds } from './login-ends.ts'
import type { ProviderSession } from './logout.ts'
import { type PairwiseIdentifier, subjectFor } from './pairwise.ts'
import { protocolRoutes } from './paths.ts'
import { afterLogout } from './post-logout.ts'
import type { Sessions } from './sessions.ts'

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>

export interface SilentLogoutPorts {
  readonly issuer: string
  readonly provider: () => Provider
  readonly sessions: Pick<Sessions, 'endWhere'>
  readonly endLogin: ReturnType<typeof createLoginEnds>
  readonly pairwise: PairwiseIdentifier
  readonly audit: AuditSink
}

/**
 * Signs out without asking where the client proves by an ID token that it means a session of this browser in which it was
 * entered (OpenID Connect RP-Initiated Logout §2), and where nobody is signed in, so that there is nothing to ask.
 * Everything else is left to the library, which asks.
 *
 * @returns whether it has answered
 */
export function createSilentLogout({ issuer, provider, sessions, endLogin, pairwise, audit }: SilentLogoutPorts) {
  return async (ctx: Context): Promise<boolean> => {
    if (ctx.method !== 'GET' || ctx.path !== protocolRoutes.end_session) return false
    const request = readRequest(ctx.querystring)
    const asking =
      request && (request.hint === null ? await named(provider(), request) : await hinted(provider(), request))
    if (!request || !asking) return false
    const { client, hint } = asking
    const destination = afterLogout(asking, issuer, request)
    if (destination === undefined) return false

    const isMeant = ({ accountId, authorizations = {} }: ProviderSession) => {
      if (client === undefined || hint === undefined) return false
      const { subject, sid } = hint
      const entered = Object.hasOwn(authorizations, client.clientId) ? authorizations[client.clientId] : undefined
      if (accountId === undefined || entered === undefined || (sid !== undefined && sid !== entered.sid)) return false
      return subject === subjectFor(pairwise, accountId, client)
    }
    const origin = requestContext(ctx.req)
    const accountId = await sessions.endWhere(ctx.req, ctx.res, isMeant)
    if (accountId === undefined) return false
    if (accountId !== null) await audit.record({ event: 'signed_out', accountId }, origin)
    else if (client && hint) {
      const { clientId } = client
      const whose = await endLogin({ client, ...hint })
      if (whose)
        await audit.record({ event: 'token_revoked', kind: 'RefreshToken', clientId, accountId: whose }, origin)
    }
    pageHeaders(ctx.res, 'to-clients')
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

/** `undefined` where a parameter comes twice. */
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

interface Asking {
  /** Absent where nobody is named. */
  readonly client?: Client
  readonly hint?: { readonly subject: string; readonly sid: unknown; readonly authTime: number }
}

async function named(provider: Provider, { clientId }: LogoutRequest): Promise<Asking | undefined> {
  if (clientId === null) return {}
  const client = await provider.Client.find(clientId).catch(() => undefined)
  return client && { client }
}

/**
 * The client that an ID token of ours is for, and whom it is about. It may have expired, and be signed by any key that is
 * published: the client may have had another algorithm then.
 */
async function hinted(provider: Provider, { hint, clientId }: LogoutRequest): Promise<Asking | undefined> {
  if (hint === null) return undefined
  try {
    const { aud } = decodeJwt(hint)
    if (typeof aud !== 'string' || (clientId !== null && clientId !== aud)) return undefined
    const client = await provider.Client.find(aud)
    const algorithm = decodeProtectedHeader(hint).alg
    if (!client || !isSigningAlgorithm(algorithm)) return undefined
    const then: Client = Object.create(client, { idTokenSignedResponseAlg: { value: algorithm } })
    const { payload } = await provider.IdToken.validate(hint, then)
    const { sub: subject, sid, type, auth_time: authTime } = payload
    // Other things are signed with these keys too.
    if (type !== 'id-token' || typeof subject !== 'string' || typeof authTime !== 'number') return undefined
    return { client, hint: { subject, sid, authTime } }
  } catch {
    return undefined
  }
}

function isSigningAlgorithm(algorithm: string | undefined): algorithm is SigningAlgorithm {
  return signingAlgorithms.some((known) => known === algorithm)
}
