import { type CorrectedRedirectUri, synologyRedirectUri } from '@pocket/core/internal'

/** The result of checking redirect URIs for Synology DSM. */
export interface DsmAddresses {
  readonly redirectUris: readonly string[]
  readonly corrections: readonly CorrectedRedirectUri[]
}

/** Users paste the URL from their browser, but DSM requires and sends the bare origin. */
export function dsmAddresses(given: readonly string[]): DsmAddresses {
  const all = given.map(synologyRedirectUri)
  return {
    redirectUris: all.map(({ corrected }) => corrected),
    corrections: all.filter(({ given, corrected }) => given !== corrected),
  }
}
