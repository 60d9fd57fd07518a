import type { IncomingMessage } from 'node:http'
import { decodeJwt } from 'jose'
import { sha256 } from '../hash.ts'
import { rememberPresentedToken } from './imported-tokens.ts'
import { protocolRoutes } from './paths.ts'

const endpoints = new Set<string>([protocolRoutes.introspection, protocolRoutes.revocation])

/** The stored ID of a token: JWTs are stored under their hash, other tokens under their value. */
export function storedTokenId(token: string): string {
  return token.split('.').length === 3 ? `jwt-${sha256(token)}` : token
}

/**
 * Replaces a login JWT with its stored ID in introspection (RFC 7662) and revocation (RFC 7009) requests, because the library
 * rejects JWTs there. JWTs for APIs remain, and are rejected with `unsupported_token_type`. Modifies the form and returns
 * whether it did.
 */
export function replaceLoginToken(req: IncomingMessage, path: string, form: URLSearchParams): boolean {
  const [token, ...repeated] = form.getAll('token')
  if (!endpoints.has(path) || token === undefined || repeated.length > 0 || !isLoginToken(token)) return false
  rememberPresentedToken(req, token)
  form.set('token', storedTokenId(token))
  return true
}

/** Unverified claims suffice, because the lookup finds only tokens that we issued. */
function isLoginToken(token: string): boolean {
  try {
    const { aud, client_id: clientId } = decodeJwt(token)
    return typeof clientId === 'string' && [aud].flat()[0] === clientId
  } catch {
    return false
  }
}
