import { fingerprintOf } from '@pocket/core'

/** What a database holds before this server has touched it. */
export interface Findings {
  readonly tables: ReadonlySet<string>
  /** Of the master keys that the stored signing keys were encrypted with. */
  readonly fingerprints: ReadonlySet<string>
}

export const keyTableName = 'pocket_key'

/** The fingerprints among texts of which some are encrypted values. */
export function fingerprintsIn(texts: Iterable<string>): Set<string> {
  const found = Array.from(texts, fingerprintOf)
  return new Set(found.filter((fingerprint) => fingerprint !== undefined))
}
