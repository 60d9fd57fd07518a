/** Why there is no (new) database. */
export type GeoIpErrorCode =
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

/** The database cannot be downloaded or used. The message gives the reason and contains no secret. */
export class GeoIpError extends Error {
  readonly code: GeoIpErrorCode

  constructor(code: GeoIpErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'GeoIpError'
    this.code = code
  }
}

/** Bytes, for the download, the extracted file and memory. */
export const maxDatabaseBytes = 300_000_000
