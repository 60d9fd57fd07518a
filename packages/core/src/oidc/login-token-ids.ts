import { decodeJwt } from 'jose'
import { sha256 } from '../hash.ts'
import { protocolRoutes } from './paths.ts'

const endpoints = new Set<string>([protocolRoutes.introspection, protocolRoutes.revocation])

/** The name by which a token is kept: a JWT has another than its text, under which the library asks for it everywhere. */
export function storedTokenId(token: string): string {
  return token.split('.').length === 3 ? `jwt-${sha256(token)}` : token
}

/**
 * Names the JWT of a login as it is kept, where a client asks about it (RFC 7662) or ends it (RFC 7009): the library takes
 * no JWT there, since it stores none itself. One for an API stays as it is, and is refused as `unsupported_token_type`.
 * Changes the form, and returns whether it did.
 */
export function renameLoginToken(path: string, form: URLSearchParams): boolean {
  const [token, ...more] = form.getAll('token')
  if (!endpoints.has(path) || token === undefined || more.length > 0 || !isForLogin(token)) return false
  form.set('token', storedTokenId(token))
  return true
}

/** What it says unproven is enough: under its name nothing is found unless we have made it. */
function isForLogin(token: string): boolean {
  try {
    const { aud, client_id: clientId } = decodeJwt(token)
    return typeof clientId === 'string' && [aud].flat()[0] === clientId
  } catch {
    return false
  }
}
