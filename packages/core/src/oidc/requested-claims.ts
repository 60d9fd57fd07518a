import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { scopesOfClaims, scopesRequested } from '../clients/claims.ts'
import { extras } from './client-metadata.ts'

/** Adds the scopes that count as requested for the client; what nobody knows is dropped when tokens are made. */
export const requestedScopes: NonNullable<Configuration['extraParams']> = {
  scope({ oidc }: KoaContextWithOIDC, scope, client) {
    const scopes = scopesRequested(scope, extras(client).pocket_protocol)
    if (oidc.params && scopes.length > 0) oidc.params.scope = scopes.join(' ')
  },
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
