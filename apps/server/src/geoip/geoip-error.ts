/** Why there is no (new) database. */
export type GeoIpFailure =
  | 'not_answered'
  | 'license_refused'
  | 'refused'
  | 'wrong_checksum'
  | 'too_large'
  | 'not_unpacked'
  | 'not_a_database'
  | 'not_of_cities'
  | 'not_readable'
  | 'not_written'

/** A database that cannot be had or used. The message says why and names no secret. */
export class GeoIpError extends Error {
  readonly reason: GeoIpFailure

  constructor(reason: GeoIpFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'GeoIpError'
    this.reason = reason
  }
}

/** Bytes, on the way, inside of an archive, and in memory. */
export const maxDatabaseBytes = 300_000_000
