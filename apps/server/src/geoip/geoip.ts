import type { FoundLocation, GeoIpDatabase } from './geoip-database.ts'
import { createInternalNetworks, plainAddress } from './internal-networks.ts'
import { noOrigin, type Place } from './location.ts'

/** Tells where addresses are. Nothing is read from a disk or a network for it. */
export interface GeoIp {
  /** In English, as the contract has it. */
  of(ipAddress: string | null): Place
  /** A place that `of` has told of this address at some time, in a language (BCP 47) as far as its names are known. */
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
      // A damaged record must not end what somebody is doing.
      return undefined
    }
  }
  return {
    of: (ipAddress) => english(find(ipAddress)),
    inLanguage(place, ipAddress, language) {
      const found = find(ipAddress)
      // Whoever was given the address since then may be somewhere else.
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

/** GeoLite has `pt-BR` and `zh-CN`, which stand for their languages. */
function named(names: FoundLocation['country'], language: string): string | undefined {
  const { language: base, script } = new Intl.Locale(language)
  if (script === 'Hant') return undefined
  return names[language] ?? Object.entries(names).find(([tag]) => tag.split('-')[0] === base)?.[1]
}

/** As browsers know it, in many more languages than the database. */
function regionName(code: string | undefined, language: string): string | undefined {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) return undefined
  return new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(code)
}
