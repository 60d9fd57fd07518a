import { isHostConfined } from './host-wildcards.ts'
import { fits, textFits } from './wildcards.ts'

/** The parts of a redirect URI with wildcards. */
export interface RedirectUriPattern {
  readonly scheme: string
  readonly host: string
  /** Empty for the default port, or if there is none. */
  readonly port: string
  readonly path: string
  /** `null` if there is none. */
  readonly query: string | null
}

const shape = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#@]*?)(?::([0-9*]+))?)?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i

/**
 * Parses a registered redirect URI with wildcards. Returns `undefined` if it is invalid: a bare `*`, a wildcard in the
 * scheme, or user info. A fragment is ignored.
 */
export function parsePattern(uri: string): RedirectUriPattern | undefined {
  const [, scheme, host = '', port = '', path = '', query] = shape.exec(uri) ?? []
  if (scheme === undefined) return undefined
  const web = /^https?$/i.test(scheme)
  if (!web && host === '' && path === '') return undefined
  const normal = web ? normalHost(host) : host
  const normalPath = URL.parse(`https://h${path}`)?.pathname
  if (normal === undefined || normalPath === undefined) return undefined
  return {
    scheme: scheme.toLowerCase(),
    host: normal,
    port: port === defaultPort(scheme.toLowerCase()) ? '' : port,
    path: web ? normalPath : path,
    query: query ?? null,
  }
}

/** Whether a requested redirect URI matches the pattern. A URI that browsers parse differently never matches. */
export function fitsPattern(pattern: RedirectUriPattern, requested: string): boolean {
  const url = URL.parse(requested)
  if (!url || /[\s\p{Cc}]/u.test(requested) || requested.includes('#') || url.username !== '' || url.password !== '')
    return false
  return (
    url.protocol === `${pattern.scheme}:` &&
    hostFits(pattern.host, url.hostname) &&
    portFits(pattern, url.port) &&
    pathFits(pattern.path, url.pathname) &&
    queryFits(pattern.query, url.search)
  )
}

const place = 'x-any-x'

/** In lower case and Punycode, as in parsed URLs. */
function normalHost(host: string): string | undefined {
  if (host === '') return undefined
  return URL.parse(`https://${host.replaceAll('*', place)}`)?.hostname.replaceAll(place, '*')
}

function defaultPort(scheme: string): string {
  return { https: '443', http: '80' }[scheme] ?? ''
}

function hostFits(pattern: string, host: string): boolean {
  if (isHostConfined(pattern)) return textFits(pattern, host)
  const wanted = pattern.split('.')
  const labels = host.split('.')
  return wanted.length === labels.length && wanted.every((each, index) => textFits(each, labels[index] ?? ''))
}

function portFits({ scheme, port }: RedirectUriPattern, actual: string): boolean {
  return port === '' ? actual === '' : textFits(port, actual || defaultPort(scheme))
}

function pathFits(pattern: string, path: string): boolean {
  // A server may decode an encoded slash, backslash or line break and see other segments than this check.
  if (/%(?:0[0ad]|2f|5c)/i.test(path)) return false
  return fits(pattern.split('/'), path.split('/'), { star: '**', same: segmentFits })
}

const oneOrMore = Symbol('one or more characters')
const any = Symbol('one character')

/** In a segment, `*` matches at least one character. */
function segmentFits(pattern: string, segment: string): boolean {
  const characters = [...pattern.replaceAll(/\*+/g, '*')]
  const wanted = characters.flatMap((each): (string | symbol)[] => (each === '*' ? [any, oneOrMore] : [each]))
  return fits<string | symbol, string>(wanted, [...segment], {
    star: oneOrMore,
    same: (each, character) => each === any || each === character,
  })
}

/** Requires the same parameters with the same count; in a value, `*` and `?` match any characters except a slash. */
function queryFits(pattern: string | null, search: string): boolean {
  const wanted = new URLSearchParams(pattern ?? '')
  const given = new URLSearchParams(search)
  if (wanted.size !== given.size) return false
  return [...new Set(wanted.keys())].every((name) => {
    const values = given.getAll(name)
    const patterns = wanted.getAll(name)
    return patterns.length === values.length && patterns.every((each, index) => valueFits(each, values[index] ?? ''))
  })
}

function valueFits(pattern: string, value: string): boolean {
  if (pattern === value) return true
  if (pattern.split('/').length !== value.split('/').length) return false
  return fits([...pattern], [...value], {
    star: '*',
    same: (wanted, character) => wanted === character || (wanted === '?' && character !== '/'),
  })
}
