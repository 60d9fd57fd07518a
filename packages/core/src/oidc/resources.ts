import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { supportedScopes } from '../accounts/claims.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import { accessTokenLifetime } from '../apis/api.ts'
import { apiConsentKey } from '../consents/consent-key.ts'
import { signingAlgorithmFor } from './algorithms.ts'
import { extras } from './client-metadata.ts'
import { recordPermissions } from './refresh-responses.ts'

interface ClientId {
  readonly clientId: string
}

/** When the API of each resource of a request was created or got its resource, in seconds since the Unix epoch. */
const apiStarts = new WeakMap<object, Map<string, number>>()

/** The library's resource indicator options (RFC 8707). Some functions modify the parameters of the current request. */
export function resourceIndicators(access: ApiAccessReader) {
  /** @throws InvalidScope for scopes of an API in a request without `resource` */
  const assertNoApiScopes = async ({ oidc }: KoaContextWithOIDC, client: ClientId) => {
    const { params, route } = oidc
    const { defaultScopes } = extras(client).pocket_protocol
    const otherScopes = [...oidc.requestParamScopes].filter((scope) => !isKnown(scope, defaultScopes))
    if (params && route === 'token' && params.grant_type === 'client_credentials') {
      const [unknownScope] = otherScopes
      if (unknownScope !== undefined) throw scopeError(unknownScope)
      // The token has no scopes, because all other scopes concern users.
      params.scope = undefined
    } else if (otherScopes.length > 0) {
      const apiScopes = await access.userScopes(client.clientId)
      const apiScope = otherScopes.find((scope) => apiScopes.has(scope))
      if (apiScope !== undefined) throw scopeError(apiScope)
    }
  }
  return {
    enabled: true,
    defaultResource: async (ctx: KoaContextWithOIDC, client: ClientId, candidates?: readonly string[]) => {
      if (candidates === undefined) await assertNoApiScopes(ctx, client)
      else if (candidates.length !== 1) throw singleResourceError()
      // The cast is needed because the library accepts `undefined`, but its types do not.
      return candidates?.[0] as string
    },
    /** Codes and refresh tokens issued for an API yield access tokens for it without repeating `resource`. */
    useGrantedResource: async () => true,
    async getResourceServerInfo(ctx: KoaContextWithOIDC, indicator: string, client: ClientId): Promise<ResourceServer> {
      const { params, route } = ctx.oidc
      if (Array.isArray(params?.resource) && params.resource.length > 1) throw singleResourceError()
      const subject = route === 'token' && params?.grant_type === 'client_credentials' ? 'client' : 'user'
      const found = await access.find(indicator, client.clientId, subject)
      if (!found) {
        if (await access.exists(indicator)) throw new errors.AccessDenied('the client has no access to this resource')
        throw new errors.InvalidTarget('the resource does not exist')
      }
      const startedAt = Math.floor(found.api.createdAt / 1000)
      const issuedAt = issueTimeOfCredential(ctx)
      // An API that was created with the resource of a removed one is a different API.
      if (issuedAt !== undefined && issuedAt < startedAt)
        throw new errors.InvalidTarget('the resource belongs to another API than the one that was authorized')
      apiStarts.set(ctx.oidc, (apiStarts.get(ctx.oidc) ?? new Map()).set(indicator, startedAt))
      const protocol = extras(client).pocket_protocol
      const keys = found.permissions.map(({ key }) => key)
      assertAllowed(ctx, client, keys)
      // A client credentials request without scopes receives all granted permissions (RFC 6749 §3.3).
      if (params && subject === 'client' && !params.scope && keys.length > 0) params.scope = keys.join(' ')
      return {
        scope: keys.join(' '),
        audience: found.api.resource,
        accessTokenFormat: found.api.accessTokenFormat,
        accessTokenTTL: accessTokenLifetime(found.api, extras(client).pocket_access_token),
        // The algorithm of all tokens of the client: a migrated client keeps the one that its APIs verify.
        jwt: { sign: { alg: signingAlgorithmFor(protocol, protocol.idTokenSignedResponseAlg) } },
      }
    },
  }
}

/** When the credential of a token request was issued, with the resource that it stands for, in seconds since the Unix epoch. */
function issueTimeOfCredential({ oidc: { entities } }: KoaContextWithOIDC): number | undefined {
  const { RefreshToken: refreshToken, AuthorizationCode: code, DeviceCode: deviceCode } = entities
  // The first refresh token of a rotation.
  return refreshToken ? (refreshToken.iiat ?? 0) : (code ?? deviceCode)?.iat
}

function singleResourceError(): Error {
  return new errors.InvalidTarget('only one resource can be requested at a time')
}

/** @throws InvalidScope for a requested scope that is neither supported nor a permission of the client */
function assertAllowed({ oidc }: KoaContextWithOIDC, client: object, keys: readonly string[]): void {
  const allowedScopes = [...extras(client).pocket_protocol.defaultScopes, ...keys]
  const invalidScope = [...oidc.requestParamScopes].find((scope) => !isKnown(scope, allowedScopes))
  if (invalidScope !== undefined) throw new errors.InvalidScope('requested scope is not allowed', invalidScope)
}

/** Default scopes of the client that do not apply to a request are dropped, not rejected. */
function isKnown(scope: string, allowedScopes: readonly string[]): boolean {
  return supportedScopes.some((supported) => supported === scope) || allowedScopes.includes(scope)
}

function scopeError(scope: string): Error {
  return new errors.InvalidScope('the scope is unknown, or requires the resource parameter', scope)
}

/**
 * Decides whether a refresh token is rotated. Validates the resource first, because the library checks it only after consuming
 * the token, and the client must keep a token that was not used.
 */
export function validateBeforeRotation(
  { getResourceServerInfo }: ReturnType<typeof resourceIndicators>,
  shouldRotate: (ctx: KoaContextWithOIDC) => boolean,
) {
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    const { client, params } = ctx.oidc
    const { RefreshToken: token } = ctx.oidc.entities
    const requestedResources: readonly unknown[] = [params?.resource || token?.resource || []].flat()
    for (const resource of client && token ? requestedResources : []) {
      if (typeof resource !== 'string' || !token?.resourceIndicators.has(resource)) throw new errors.InvalidTarget()
      if (!client) continue
      const { scope } = await getResourceServerInfo(ctx, resource, client)
      const permitted = new Set(scope.split(' '))
      recordPermissions(ctx, [...token.scopes].filter((grantedScope) => permitted.has(grantedScope)).sort())
    }
    return shouldRotate(ctx)
  }
}

/** The requested scopes for each API, by resource indicator. */
export function listApiScopes(oidc: KoaContextWithOIDC['oidc']): readonly RequestedApiScopes[] {
  const servers = Object.entries(oidc.resourceServers ?? {})
  return servers.map(([indicator, { audience = indicator, scopes }]) => ({
    indicator,
    resource: audience,
    scopes: [...oidc.requestParamScopes].filter((scope) => scopes.has(scope)),
    startedAt: apiStarts.get(oidc)?.get(indicator) ?? Number.POSITIVE_INFINITY,
  }))
}

export interface RequestedApiScopes {
  readonly indicator: string
  readonly resource: string
  readonly scopes: readonly string[]
  /** When the API was created or got its resource, in seconds since the Unix epoch. */
  readonly startedAt: number
}

/** The keys that a stored consent must contain to skip the prompt: API access and each permission. */
export function consentKeys(requested: readonly RequestedApiScopes[]): string[] {
  return requested.flatMap(({ resource, scopes }) => ['', ...scopes].map((key) => apiConsentKey(resource, key)))
}
