import type Provider from 'oidc-provider'
import { Misconfigured } from '../errors.ts'

/** Somebody else has stored this assertion or proof meanwhile. */
export class AlreadyUsedError extends Error {}

/**
 * Seconds that the library lets the `iat` of a proof of possession lie in the future: it stays valid for as much longer than
 * the library remembers it (RFC 9449 §11.1).
 */
const proofLead = 300

/**
 * The library looks whether an assertion or a proof of possession was used, then notes that it is: two processes can both
 * find nothing. The adapter's insert decides; here its refusal becomes the library's own answer, which differs by use.
 */
export function detectReplaysAtomically(provider: Provider): void {
  const { ReplayDetection } = provider
  const { unique } = ReplayDetection
  if (typeof unique !== 'function')
    throw new Misconfigured('This version of oidc-provider detects replays in another way: it cannot be used.')
  Object.defineProperty(ReplayDetection, 'unique', {
    configurable: true,
    writable: true,
    async value(...[issuer, jti, until]: Parameters<typeof unique>) {
      try {
        return await unique.call(ReplayDetection, issuer, jti, until + proofLead)
      } catch (error) {
        if (error instanceof AlreadyUsedError) return false
        throw error
      }
    },
  })
}
