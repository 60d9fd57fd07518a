import type { Client } from '../clients/client.ts'
import { sha256 } from '../hash.ts'

/**
 * Replaces a plain code challenge (RFC 7636 §4.2) by its S256, which the same verifier proves, because the library supports only
 * S256. A missing method means plain (§4.3). Modifies the parameters and returns whether it did.
 */
export function hashPlainChallenge(parameters: URLSearchParams, client: Pick<Client, 'protocol'> | undefined): boolean {
  const [challenge, ...repeated] = parameters.getAll('code_challenge')
  const [method = 'plain', ...repeatedMethods] = parameters.getAll('code_challenge_method')
  if (challenge === undefined || method !== 'plain' || repeated.length + repeatedMethods.length > 0) return false
  if (!client?.protocol.plainPkce || client.protocol.fapi) return false
  // The library checks the format of the result only.
  if (!/^[\w.~-]{43,128}$/.test(challenge)) return false
  parameters.set('code_challenge', sha256(challenge))
  parameters.set('code_challenge_method', 'S256')
  return true
}
