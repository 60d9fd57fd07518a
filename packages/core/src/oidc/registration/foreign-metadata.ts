import type { ClientMetadata } from 'oidc-provider'
import { supportedScopes } from '../../accounts/claims.ts'

const scopes = new Set<string>(supportedScopes)

/**
 * Removes metadata that a registering client may not set: our own properties and unknown scopes (RFC 7591 §2). Only
 * registration requests have a `ctx`.
 */
export function stripInternalMetadata(ctx: unknown, key: string, _value: unknown, metadata: ClientMetadata): void {
  if (ctx === undefined) return
  Reflect.deleteProperty(metadata, key)
  if (typeof metadata.scope !== 'string') return
  const supported = metadata.scope.split(' ').filter((scope) => scopes.has(scope))
  if (supported.length > 0) metadata.scope = supported.join(' ')
  else Reflect.deleteProperty(metadata, 'scope')
}
