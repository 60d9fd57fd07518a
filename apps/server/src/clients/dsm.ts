import { type CorrectedRedirectUri, synologyRedirectUri } from '@pocket/core/internal'

export interface DsmRedirectUris {
  readonly redirectUris: readonly string[]
  readonly corrections: readonly CorrectedRedirectUri[]
}

/** Users paste the URL from their browser, but DSM requires and sends the bare origin. */
export function correctDsmRedirectUris(uris: readonly string[]): DsmRedirectUris {
  const results = uris.map(synologyRedirectUri)
  return {
    redirectUris: results.map(({ corrected }) => corrected),
    corrections: results.filter(({ given, corrected }) => given !== corrected),
  }
}
