import type { FoundLocation, GeoIpDatabase } from './geoip-database.ts'
import { createInternalNetworks, plainAddress } from './internal-networks.ts'
import { noOrigin, type Place } from './location.ts'

/** Looks up the location of IP addresses in memory, without disk or network access. */
export interface GeoIp {
  /** In English, as the contract requires. */
  of(ipAddress: string | null): Place
  /** Translates an earlier result of `of` for this IP address to a language (BCP 47), as far as names are available. */
  inLanguage(place: Place, ipAddress: string | null, language: string): Place
}

export interface GeoIpOptions {
  readonly database: () => Pick<GeoIpDatabase, 'find'> | null
  readonly localIpv6Ranges: readonly string[]
}

export function createGeoIp({ database, localIpv6Ranges }: GeoIpOptions): GeoIp {
  const internalNetworkLocation = createInternalNetworks(localIpv6Ranges)
  const find = (ipAddress: string | null): Place | FoundLocation | undefined => {
    const address = plainAddress(ipAddress)
    if (address === undefined) return undefined
    const internal = internalNetworkLocation(address)
    if (internal !== undefined) return internal
    try {
      return database()?.find(address.toString())
    } catch {
      // A damaged record must not fail the request.
      return undefined
    }
  }
  return {
    of: (ipAddress) => english(find(ipAddress)),
    inLanguage(place, ipAddress, language) {
      const found = find(ipAddress)
      // The IP address may have been reassigned to a different location since then.
      if (found === undefined || !isFound(found) || !isSame(english(found), place)) return place
      return {
        country: named(found.country, language) ?? regionName(found.countryCode, language) ?? place.country,
        city: named(found.city, language) ?? place.city,
      }
    },
  }
}

function english(found: Place | FoundLocation | undefined): Place {
  if (found === undefined) return noOrigin
  return isFound(found) ? { country: found.country.en ?? '', city: found.city.en ?? '' } : found
}

function isFound(found: Place | FoundLocation): found is FoundLocation {
  return 'countryCode' in found
}

function isSame(one: Place, other: Place): boolean {
  return one.country === other.country && one.city === other.city
}

/** GeoLite contains `pt-BR` and `zh-CN`, which are used for their whole language. */
function named(names: FoundLocation['country'], language: string): string | undefined {
  const { language: base, script } = new Intl.Locale(language)
  if (script === 'Hant') return undefined
  return names[language] ?? Object.entries(names).find(([tag]) => tag.split('-')[0] === base)?.[1]
}

/** Country names from `Intl`, which supports many more languages than the database. */
function regionName(code: string | undefined, language: string): string | undefined {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) return undefined
  return new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(code)
}
