import { readFile, stat } from 'node:fs/promises'
import { type CityResponse, Reader } from 'maxmind'
import { codeOf, messageOf } from '../logging/failure.ts'
import { GeoIpError, maxDatabaseBytes } from './geoip-error.ts'

/** A city database in MaxMind's format (GeoLite2, GeoIP2, DB-IP), loaded into memory. */
export interface GeoIpDatabase {
  /** Such as `GeoLite2-City`. */
  readonly type: string
  /** Milliseconds since the Unix epoch. */
  readonly builtAt: number
  /** Returns `undefined` if the IP address is not in the database. @param address - a valid IP address */
  find(address: string): LocationRecord | undefined
}

export interface LocationRecord {
  /** ISO 3166-1. */
  readonly countryCode: string | undefined
  /** By BCP 47 language tag. */
  readonly country: Names
  readonly city: Names
}

type Names = Readonly<Record<string, string | undefined>>

/** IP addresses looked up to check that the tree and the records are readable. */
const samples = ['1.1.1.1', '8.8.8.8', '81.2.69.160', '203.0.113.1', '2001:4860:4860::8888', '2a02::1', '::1']

/**
 * Loads and validates a database.
 *
 * @throws {GeoIpError} `not_readable`, `too_large`, `not_a_database`, `not_of_cities`
 */
export async function openGeoIpDatabase(path: string): Promise<GeoIpDatabase> {
  const reader = readerOf(await readContent(path))
  const { databaseType: type, buildEpoch } = reader.metadata
  if (!/\bCity\b/i.test(String(type)))
    throw new GeoIpError('not_of_cities', `It is a ${type} database, not a city database.`)
  const database: GeoIpDatabase = {
    type,
    builtAt: buildEpoch.getTime(),
    find(address) {
      const record = reader.get(address)
      if (record === null) return undefined
      const { country, registered_country: registered, city } = record
      return {
        countryCode: (country ?? registered)?.iso_code,
        country: { ...(country ?? registered)?.names },
        city: { ...city?.names },
      }
    },
  }
  assertReadable(database)
  return database
}

async function readContent(path: string): Promise<Buffer> {
  try {
    // Checks the size before loading the file into memory.
    if ((await stat(path)).size > maxDatabaseBytes) throw new GeoIpError('too_large', 'It is larger than 300 MB.')
    return await readFile(path)
  } catch (error) {
    if (error instanceof GeoIpError) throw error
    throw new GeoIpError('not_readable', `It cannot be read (${codeOf(error) ?? messageOf(error)}).`, error)
  }
}

function readerOf(content: Buffer): Reader<CityResponse> {
  try {
    const reader = new Reader<CityResponse>(content)
    const { binaryFormatMajorVersion, nodeCount, searchTreeSize, buildEpoch, ipVersion } = reader.metadata
    const isValid =
      binaryFormatMajorVersion === 2 &&
      (ipVersion === 4 || ipVersion === 6) &&
      nodeCount > 0 &&
      searchTreeSize < content.length &&
      buildEpoch.getTime() > 0
    if (isValid) return reader
  } catch {
    // The error below is more helpful.
  }
  throw new GeoIpError('not_a_database', 'It is not a complete MaxMind database (.mmdb).')
}

function assertReadable({ find }: GeoIpDatabase): void {
  try {
    for (const address of samples) find(address)
  } catch (error) {
    throw new GeoIpError('not_a_database', 'It is a damaged database: its records cannot be read.', error)
  }
}
