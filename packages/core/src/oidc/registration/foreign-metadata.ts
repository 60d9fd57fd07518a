import type { ClientMetadata } from 'oidc-provider'
import { supportedScopes } from '../../accounts/claims.ts'

const scopes = new Set<string>(supportedScopes)

/**
 * What a program that registers a client may not decide, is left aside, as is what nobody knows (RFC 7591 §2): our own
 * properties, and scopes. Only in such a request does the library say which one it is.
 */
export function stripInternalMetadata(ctx: unknown, key: string, _value: unknown, metadata: ClientMetadata): void {
  if (ctx === undefined) return
  Reflect.deleteProperty(metadata, key)
  if (typeof metadata.scope !== 'string') return
  const known = metadata.scope.split(' ').filter((scope) => scopes.has(scope))
  if (known.length > 0) metadata.scope = known.join(' ')
  else Reflect.deleteProperty(metadata, 'scope')
}
