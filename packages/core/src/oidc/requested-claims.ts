import { decodeJwt } from 'jose'
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { scopesOfClaims, scopesRequested } from '../clients/claims.ts'
import { extras } from './client-metadata.ts'

/** Bytes of a parameter that is stored with the request and returned to the client. */
const maxStateBytes = 4096
const maxNonceBytes = 2048

/** Looks at parameters once more, after the library. */
export const extraParams: NonNullable<Configuration['extraParams']> = {
  state: (_ctx, state) => assertLength('state', state, maxStateBytes),
  nonce: (_ctx, nonce) => assertLength('nonce', nonce, maxNonceBytes),
  /** OpenID Connect Core §3.1.2.1; the library takes whatever JavaScript makes a number of. */
  max_age(ctx: KoaContextWithOIDC) {
    const maxAge = parameterSent(ctx, 'max_age') ?? ''
    if (maxAge !== '' && !/^\d+$/.test(String(maxAge)))
      throw new errors.InvalidRequest('invalid max_age parameter value')
  },
  /** Adds the scopes that count as requested for the client; what nobody knows is dropped when tokens are made. */
  scope(ctx: KoaContextWithOIDC, scope, client) {
    const { oidc } = ctx
    const asked = keepsOfflineAccess(ctx, client) ? `${scope ?? ''} offline_access` : scope
    const scopes = scopesRequested(asked, extras(client).pocket_protocol)
    if (oidc.params && scopes.length > 0) oidc.params.scope = scopes.join(' ')
  },
}

/**
 * Whether the request asks for `offline_access`, and is granted it. The library forgets it of a request without
 * `prompt=consent`; here clients get refresh tokens without, which is another condition that permits it (OpenID Connect Core
 * §11), and some look for the scope in the answer.
 */
function keepsOfflineAccess(ctx: KoaContextWithOIDC, client: RefreshClient): boolean {
  const responseType = ctx.oidc.params?.response_type
  if (typeof responseType === 'string' && !responseType.split(' ').includes('code')) return false
  if (!client.grantTypeAllowed('refresh_token')) return false
  return namesOfflineAccess(parameterSent(ctx, 'scope'))
}

function assertLength(name: string, value: string | undefined, maxBytes: number): void {
  if (value !== undefined && Buffer.byteLength(value) > maxBytes)
    throw new errors.InvalidRequest(`${name} must not be longer than ${maxBytes} bytes`)
}

function parameterSent({ oidc, method, query }: KoaContextWithOIDC, name: string): unknown {
  const { body = {}, entities } = oidc
  const sent: Readonly<Record<string, unknown>> = method === 'POST' ? body : query
  const requestObject = entities.PushedAuthorizationRequest?.request ?? sent.request
  // Beside a request object nothing counts (RFC 9101 §6.3).
  return requestObject === undefined ? sent[name] : claimOf(requestObject, name)
}

interface RefreshClient {
  grantTypeAllowed(type: string): boolean
}

/** The library has verified it by now, or made it. */
function claimOf(requestObject: unknown, name: string): unknown {
  const isReadable = typeof requestObject === 'string' && requestObject.split('.').length === 3
  return isReadable ? decodeJwt(requestObject)[name] : undefined
}

function namesOfflineAccess(scope: unknown): boolean {
  return typeof scope === 'string' && scope.split(' ').includes('offline_access')
}

/** The claims that a `claims` parameter asks for by name (OpenID Connect Core §5.5), but for the protocol's own. */
export function claimsAskedFor(parameter: unknown): readonly string[] {
  if (typeof parameter !== 'string') return []
  const asked: unknown = JSON.parse(parameter)
  if (!isObject(asked)) return []
  const names = [asked.userinfo, asked.id_token].filter(isObject).flatMap((part) => Object.keys(part))
  return [...new Set(names)].filter((name) => !protocolClaims.has(name))
}

/** The scopes that a person has to allow for claims that are asked for by name. */
export function scopesBehindClaims(parameter: unknown): readonly string[] {
  return scopesOfClaims(claimsAskedFor(parameter))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
