import type Provider from 'oidc-provider'

/** Thrown if a concurrent request has stored this assertion or proof. */
export class AlreadyUsedError extends Error {}

/**
 * Seconds that the library permits the `iat` of a DPoP proof to be in the future. The proof is valid that much longer than the
 * library remembers it (RFC 9449 §11.1).
 */
const maxProofLead = 300

/**
 * Makes replay detection atomic. The library checks for an assertion or DPoP proof before it stores it, so two processes can
 * both pass the check. Here the adapter's insert decides, and its error becomes the library's own result.
 */
export function replayDetectionOverrides({ ReplayDetection }: Provider) {
  const { unique } = ReplayDetection
  return {
    async 'ReplayDetection.unique'(...[issuer, jti, until]: Parameters<typeof unique>): Promise<boolean> {
      try {
        return await unique.call(ReplayDetection, issuer, jti, until + maxProofLead)
      } catch (error) {
        if (error instanceof AlreadyUsedError) return false
        throw error
      }
    },
  }
}
