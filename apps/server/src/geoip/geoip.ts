import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { GeoIpDatabase, LocationRecord } from './geoip-database.ts'
import { type Location, lan, tailscale, unknownLocation } from './location.ts'

/** Looks up the location of IP addresses in memory, without disk or network access. */
export interface GeoIp {
  /** In English, as in Pocket ID. */
  locate(ipAddress: string | null): Location
  /** Translates an earlier result of `locate` for this IP address to a language (BCP 47), as far as names are available. */
  localize(location: Location, ipAddress: string | null, language: string): Location
}

export interface GeoIpOptions {
  readonly database: () => Pick<GeoIpDatabase, 'find'> | null
  readonly localIpv6Ranges: readonly string[]
}

export function createGeoIp({ database, localIpv6Ranges }: GeoIpOptions): GeoIp {
  const internalNetworkLocation = createInternalNetworks(localIpv6Ranges)
  const find = (ipAddress: string | null): Location | LocationRecord | undefined => {
    const address = parseAddress(ipAddress)
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
    locate: (ipAddress) => toEnglish(find(ipAddress)),
    localize(location, ipAddress, language) {
      const record = find(ipAddress)
      // The IP address may have been reassigned to a different location since then.
      if (record === undefined || !isRecord(record) || !isSame(toEnglish(record), location)) return location
      return {
        country:
          localizedName(record.country, language) ?? regionName(record.countryCode, language) ?? location.country,
        city: localizedName(record.city, language) ?? location.city,
      }
    },
  }
}

function toEnglish(record: Location | LocationRecord | undefined): Location {
  if (record === undefined) return unknownLocation
  return isRecord(record) ? { country: record.country.en ?? '', city: record.city.en ?? '' } : record
}

function isRecord(record: Location | LocationRecord): record is LocationRecord {
  return 'countryCode' in record
}

function isSame(a: Location, b: Location): boolean {
  return a.country === b.country && a.city === b.city
}

/** GeoLite contains `pt-BR` and `zh-CN`, which are used for their whole language. */
function localizedName(names: LocationRecord['country'], language: string): string | undefined {
  const { language: base, script } = new Intl.Locale(language)
  if (script === 'Hant') return undefined
  return names[language] ?? Object.entries(names).find(([tag]) => tag.split('-')[0] === base)?.[1]
}

/** Country names from `Intl`, which supports many more languages than the database. */
function regionName(code: string | undefined, language: string): string | undefined {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) return undefined
  return new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(code)
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The IPv6 prefix of all tailnets; their IPv4 addresses are in the shared address space (RFC 6598). */
const tailnet = ipaddr.IPv6.parseCIDR('fd7a:115c:a1e0::/48')
/** By their names in ipaddr.js: RFC 1918, RFC 4193, loopback and link-local addresses. */
const internalRanges: ReadonlySet<string> = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal'])

/** Normalizes an IP address: unmaps IPv4-mapped IPv6 and removes the zone; `undefined` if it is invalid. */
function parseAddress(text: string | null): Address | undefined {
  const [address = ''] = (text ?? '').split('%')
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/**
 * Classifies IP addresses that belong to internal networks.
 *
 * @param localIpv6Ranges - CIDR ranges that are internal although they look public
 */
function createInternalNetworks(localIpv6Ranges: readonly string[]): (address: Address) => Location | undefined {
  const local = localIpv6Ranges.map((range) => ipaddr.IPv6.parseCIDR(range))
  return (address) => {
    const range: string = address.range()
    if (address instanceof ipaddr.IPv4)
      return range === 'carrierGradeNat' ? tailscale : internalRanges.has(range) ? lan : undefined
    if (local.some((localRange) => address.match(localRange))) return lan
    if (address.match(tailnet)) return tailscale
    return internalRanges.has(range) ? lan : undefined
  }
}
