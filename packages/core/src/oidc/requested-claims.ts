import { decodeJwt } from 'jose'
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { addDefaultScopes, scopesOfClaims } from '../clients/claims.ts'
import { isJsonObject } from '../json-object.ts'
import { extras } from './client-metadata.ts'

/** Size limits in bytes for parameters that are stored and returned to the client. */
const maxStateBytes = 4096
const maxNonceBytes = 2048

/** Additional validation of parameters, after the library's own. */
export const extraParams: NonNullable<Configuration['extraParams']> = {
  state: (_ctx, state) => assertLength('state', state, maxStateBytes),
  nonce: (_ctx, nonce) => assertLength('nonce', nonce, maxNonceBytes),
  /** OpenID Connect Core §3.1.2.1; the library accepts anything that JavaScript converts to a number. */
  max_age(ctx: KoaContextWithOIDC) {
    const maxAge = readParameter(ctx, 'max_age') ?? ''
    if (maxAge !== '' && !/^\d+$/.test(String(maxAge)))
      throw new errors.InvalidRequest('invalid max_age parameter value')
  },
  /** Adds the client's default scopes; unknown scopes are dropped when tokens are issued. */
  scope(ctx: KoaContextWithOIDC, scope, client) {
    const { oidc } = ctx
    const requestedScope = allowsOfflineAccess(ctx, client) ? `${scope ?? ''} offline_access` : scope
    const scopes = addDefaultScopes(requestedScope, extras(client).pocket_protocol)
    if (oidc.params && scopes.length > 0) oidc.params.scope = scopes.join(' ')
  },
}

/**
 * Whether `offline_access` is requested and permitted. The library drops the scope without `prompt=consent`. Here clients
 * receive refresh tokens without it, which is another permitted condition (OpenID Connect Core §11), and some clients check for
 * the scope in the response.
 */
function allowsOfflineAccess(ctx: KoaContextWithOIDC, client: { grantTypeAllowed(type: string): boolean }): boolean {
  const responseType = ctx.oidc.params?.response_type
  if (typeof responseType === 'string' && !responseType.split(' ').includes('code')) return false
  if (!client.grantTypeAllowed('refresh_token')) return false
  return includesOfflineAccess(readParameter(ctx, 'scope'))
}

function assertLength(name: string, value: string | undefined, maxBytes: number): void {
  if (value !== undefined && Buffer.byteLength(value) > maxBytes)
    throw new errors.InvalidRequest(`${name} must not be longer than ${maxBytes} bytes`)
}

function readParameter({ oidc, method, query }: KoaContextWithOIDC, name: string): unknown {
  const { body = {}, entities } = oidc
  const parameters: Readonly<Record<string, unknown>> = method === 'POST' ? body : query
  const requestObject = entities.PushedAuthorizationRequest?.request ?? parameters.request
  // Parameters outside the request object are ignored (RFC 9101 §6.3).
  return requestObject === undefined ? parameters[name] : readClaim(requestObject, name)
}

/** Reads a claim without verification, because the library has verified or created the request object. */
function readClaim(requestObject: unknown, name: string): unknown {
  const isReadable = typeof requestObject === 'string' && requestObject.split('.').length === 3
  return isReadable ? decodeJwt(requestObject)[name] : undefined
}

function includesOfflineAccess(scope: unknown): boolean {
  return typeof scope === 'string' && scope.split(' ').includes('offline_access')
}

/** The claims requested by name in the `claims` parameter (OpenID Connect Core §5.5), without protocol claims. */
export function requestedClaimNames(parameter: unknown): readonly string[] {
  if (typeof parameter !== 'string') return []
  const request: unknown = JSON.parse(parameter)
  if (!isJsonObject(request)) return []
  const names = [request.userinfo, request.id_token].filter(isJsonObject).flatMap((members) => Object.keys(members))
  return [...new Set(names)].filter((name) => !protocolClaims.has(name))
}

/** The scopes that need consent for the claims requested by name. */
export function scopesForClaims(parameter: unknown): readonly string[] {
  return scopesOfClaims(requestedClaimNames(parameter))
}
