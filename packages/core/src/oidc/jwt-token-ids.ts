import type { IncomingMessage } from 'node:http'
import { decodeProtectedHeader } from 'jose'
import { sha256 } from '../hash.ts'
import { rememberPresentedToken } from './imported-tokens.ts'
import { protocolRoutes } from './paths.ts'

const endpoints = new Set<string>([protocolRoutes.introspection, protocolRoutes.revocation])

/** The stored ID of a token: JWTs are stored under their hash, other tokens under their value. */
export function storedTokenId(token: string): string {
  return token.split('.').length === 3 ? `jwt-${sha256(token)}` : token
}

/**
 * Replaces a JWT with its stored ID in introspection (RFC 7662) and revocation (RFC 7009) requests, because the library rejects
 * JWTs there. A JWT that is not one of our access tokens, such as an ID token, is then not found. Modifies the form and returns
 * whether it did.
 */
export function replaceJwt(req: IncomingMessage, path: string, form: URLSearchParams): boolean {
  const [token, ...repeated] = form.getAll('token')
  if (!endpoints.has(path) || token === undefined || repeated.length > 0 || !isJwt(token)) return false
  rememberPresentedToken(req, token)
  form.set('token', `jwt-${sha256(token)}`)
  return true
}

function isJwt(token: string): boolean {
  // Errors are expensive, and most tokens are opaque.
  if (!token.includes('.')) return false
  try {
    decodeProtectedHeader(token)
    return true
  } catch {
    return false
  }
}
