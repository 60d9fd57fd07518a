import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import ipaddr from 'ipaddr.js'
import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const licenseKey: Variable<string> = {
  name: 'MAXMIND_LICENSE_KEY',
  type: 'text',
  default: 'none',
  secret: true,
  description:
    'The license key of a MaxMind account (free accounts exist). With it the GeoLite2 City database (https://www.maxmind.com) is downloaded if it is missing and when it is older than 14 days.',
  parse: ({ text }) => text.trim(),
}

const path: Variable<string> = {
  name: 'GEOLITE_DB_PATH',
  type: 'path',
  default: 'GeoLite2-City.mmdb in the data folder',
  description:
    "The path of the GeoIP database, a city database in MaxMind's format (`.mmdb`). It is downloaded to this path or placed there by hand, and read again when it changes. Without it only internal networks have a location.",
  parse: ({ text }) => text,
}

const maxMindUrl =
  'https://download.maxmind.com/app/geoip_download?edition_id=GeoLite2-City&license_key=%s&suffix=tar.gz'

const url: Variable<string> = {
  name: 'GEOLITE_DB_URL',
  type: 'URL',
  default: maxMindUrl,
  description:
    'The download URL of the database: a `.tar.gz`, `.gz` or `.mmdb` of at most 300 MB. `%s` is replaced by `MAXMIND_LICENSE_KEY`; without `%s` no key is needed.',
  parse: parseUrl,
}

const localRanges: Variable<readonly string[]> = {
  name: 'LOCAL_IPV6_RANGES',
  type: 'list',
  default: 'none',
  description:
    'Public IPv6 networks that are yours, separated by commas, such as `2001:db8:1::/48`. They are shown as internal and treated as private (see `ALLOWED_PRIVATE_HOSTS`).',
  parse: parseRanges,
}

export const geoIpSection = {
  title: 'GeoIP',
  variables: { licenseKey, path, url, localRanges },
} satisfies Section

export interface GeoIpConfig {
  readonly geoIp: {
    readonly path: string
    /** Download URL including the license key; `null` if downloads are disabled. */
    readonly source: string | null
  }
  /** IPv6 CIDR ranges that are internal although they look public. */
  readonly localIpv6Ranges: readonly string[]
}

export function readGeoIp(reader: Reader, dataFolder: string): GeoIpConfig {
  return {
    geoIp: { path: reader.read(path) ?? join(dataFolder, 'GeoLite2-City.mmdb'), source: downloadUrlOf(reader) },
    localIpv6Ranges: reader.read(localRanges) ?? [],
  }
}

function downloadUrlOf(reader: Reader): string | null {
  const key = reader.read(licenseKey)
  const configuredUrl = reader.read(url)
  const template = configuredUrl ?? maxMindUrl
  if (!template.includes('%s')) return template
  if (key !== undefined) return template.replaceAll('%s', encodeURIComponent(key))
  if (configuredUrl !== undefined)
    reader.warnings.push(
      `${url.name} requires a license key (%s), but ${licenseKey.name} is not set: no GeoIP database is downloaded.`,
    )
  return null
}

/** The message omits details because the URL may contain a password. */
function parseUrl({ text }: RawValue): string {
  const parsed = URL.parse(text.replaceAll('%s', 'key'))
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:')
    throw new InvalidValueError(
      'it is not an http or https URL',
      'Write https://example.com/GeoLite2-City.mmdb, for instance.',
    )
  return text
}

function parseRanges({ text }: RawValue): readonly string[] {
  const ranges = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const invalid = ranges.find((range) => !isIPv6Range(range))
  if (invalid !== undefined)
    throw new InvalidValueError(
      `"${invalid}" is not an IPv6 network`,
      'Write networks separated by commas, such as "2001:db8:1::/48".',
    )
  return ranges
}

/** Whether this is a CIDR range of IPv6 that is not IPv4-mapped. */
function isIPv6Range(text: string): boolean {
  const [address = ''] = text.split('/')
  return isIPv6(address) && ipaddr.IPv6.isValidCIDR(text) && ipaddr.process(address).kind() === 'ipv6'
}
