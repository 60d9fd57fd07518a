import { join } from 'node:path'
import { isIPv6Range } from './ipv6-range.ts'
import type { Reader } from './reader.ts'
import { type GivenValue, type Section, type Variable, WrongValue } from './variable.ts'

const licenseKey: Variable<string> = {
  name: 'MAXMIND_LICENSE_KEY',
  type: 'text',
  default: 'none',
  secret: true,
  description:
    'The licence key of an account of MaxMind (there are free ones). With it the GeoLite2 City database, which MaxMind makes (https://www.maxmind.com), is downloaded and kept up to date: at once where there is none, and when it is older than 14 days.',
  parse: ({ text }) => text.trim(),
}

const path: Variable<string> = {
  name: 'GEOLITE_DB_PATH',
  type: 'path',
  default: 'GeoLite2-City.mmdb in the data folder',
  description:
    'The file of the database that tells in which country and city an address is. It is downloaded to there, or put there by hand: a city database in the format of MaxMind (`.mmdb`), read again whenever it changes. Without one no places are told, but for those of internal networks.',
  parse: ({ text }) => text,
}

const maxMind = 'https://download.maxmind.com/app/geoip_download?edition_id=GeoLite2-City&license_key=%s&suffix=tar.gz'

const url: Variable<string> = {
  name: 'GEOLITE_DB_URL',
  type: 'URL',
  default: maxMind,
  description:
    'Where the database is downloaded from: a `.tar.gz` or `.gz` with it, or the `.mmdb` itself, 300 MB at most. `%s` stands for `MAXMIND_LICENSE_KEY`; without it no key is needed.',
  parse: parseUrl,
}

const localRanges: Variable<readonly string[]> = {
  name: 'LOCAL_IPV6_RANGES',
  type: 'list',
  default: 'none',
  description:
    'Networks of IPv6 that belong to you although their addresses are public ones, separated by commas, such as `2001:db8:1::/48`: they are shown as internal, and this server asks nobody in them on the word of others, as in private networks (see `ALLOWED_PRIVATE_HOSTS`).',
  parse: parseRanges,
}

export const placesSection = {
  title: 'Places',
  variables: { licenseKey, path, url, localRanges },
} satisfies Section

export interface PlacesConfig {
  readonly places: {
    /** The file of the database. */
    readonly path: string
    /** Where to download it, with the licence key in it; `null` where nothing is to be downloaded. */
    readonly source: string | null
  }
  /** CIDR ranges of IPv6 that are internal although they look public. */
  readonly localIpv6Ranges: readonly string[]
}

export function readPlaces(reader: Reader, dataFolder: string): PlacesConfig {
  return {
    places: { path: reader.read(path) ?? join(dataFolder, 'GeoLite2-City.mmdb'), source: sourceOf(reader) },
    localIpv6Ranges: reader.read(localRanges) ?? [],
  }
}

function sourceOf(reader: Reader): string | null {
  const key = reader.read(licenseKey)
  const given = reader.read(url)
  const template = given ?? maxMind
  if (!template.includes('%s')) return template
  if (key !== undefined) return template.replaceAll('%s', encodeURIComponent(key))
  if (given !== undefined)
    reader.warnings.push(
      `${url.name} wants a licence key (%s), and ${licenseKey.name} is not set: no database of places is downloaded.`,
    )
  return null
}

/** What is wrong is not repeated: the address may hold a password. */
function parseUrl({ text }: GivenValue): string {
  const parsed = URL.parse(text.replaceAll('%s', 'key'))
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:')
    throw new WrongValue(
      'it is not an http or https address',
      'Write https://example.com/GeoLite2-City.mmdb, for instance.',
    )
  return text
}

function parseRanges({ text }: GivenValue): readonly string[] {
  const ranges = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const wrong = ranges.find((range) => !isIPv6Range(range))
  if (wrong !== undefined)
    throw new WrongValue(
      `"${wrong}" is not a network of IPv6`,
      'Write networks separated by commas, such as "2001:db8:1::/48".',
    )
  return ranges
}
