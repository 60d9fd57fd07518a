import Provider from 'oidc-provider'
import { readMember } from './members.ts'

const authorizationRoutes: ReadonlySet<string | undefined> = new Set(['authorization', 'resume'])

/** A scope without any scope token, which the library does not mistake for a refusal. */
const emptyScope = ' '

/** Lets an authorization without scopes succeed: the library denies access if no scope was granted, even if none was requested. */
export function emptyScopeOverrides(provider: Provider) {
  // The cast is safe: the library's types declare only the argument as an array.
  const getOIDCScopeFiltered = readMember(provider, 'Grant.prototype.getOIDCScopeFiltered') as (
    this: object,
    filter: ReadonlySet<string>,
  ) => string
  return {
    'Grant.prototype.getOIDCScopeFiltered'(this: object, filter: ReadonlySet<string>): string {
      const { oidc } = Provider.ctx ?? {}
      const isEmptyRequest = authorizationRoutes.has(oidc?.route) && oidc?.requestParamOIDCScopes.size === 0
      const isForApi = Object.keys(oidc?.resourceServers ?? {}).length > 0
      return isEmptyRequest && !isForApi ? emptyScope : getOIDCScopeFiltered.call(this, filter)
    },
  }
}
