import type { IncomingMessage } from 'node:http'
import type { errors } from 'oidc-provider'
import { getClientRefusal } from './client-authentication/proofs.ts'

/** The full reason of a library error, for administrators only; clients receive less detail. */
export function refusalReason(error: errors.OIDCProviderError, req: IncomingMessage): string {
  // If a federated assertion was rejected, the library's complaint about a missing secret would be misleading.
  const parts = [error.error_description, getClientRefusal(req) ?? error.error_detail, challengeRemedy(error)]
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join(': ') || error.message
}

/** The remedy for a code challenge that is not S256. */
function challengeRemedy({ error_description: description = '' }: errors.OIDCProviderError): string | undefined {
  if (!description.includes('code_challenge_method')) return undefined
  return 'the application must send code_challenge_method=S256; if it cannot, accept PKCE without S256 in the settings of the client'
}
