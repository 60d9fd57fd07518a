import { type CorrectedRedirectUri, dsmAddress } from '@pocket/core'

/** What came of the addresses that somebody pasted for Synology DSM. */
export interface DsmAddresses {
  readonly redirectUris: readonly string[]
  readonly corrections: readonly CorrectedRedirectUri[]
}

/** People paste what their browser shows; DSM must be given, and must send, the bare origin. */
export function dsmAddresses(given: readonly string[]): DsmAddresses {
  const all = given.map(dsmAddress)
  return {
    redirectUris: all.map(({ corrected }) => corrected),
    corrections: all.filter(({ given, corrected }) => given !== corrected),
  }
}
