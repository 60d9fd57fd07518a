import type { IncomingMessage } from 'node:http'
import type { errors } from 'oidc-provider'
import { refusalOf } from './client-authentication/proofs.ts'

/** Why the library refused, in words that only administrators read: it tells the client less than it knows. */
export function refusalReason(error: errors.OIDCProviderError, req: IncomingMessage): string {
  // Where an assertion was not believed, what the library says of a missing secret would mislead.
  const parts = [error.error_description, refusalOf(req) ?? error.error_detail]
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join(': ') || error.message
}
