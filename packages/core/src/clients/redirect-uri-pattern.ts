import { isHostConfined } from './host-wildcards.ts'
import { fits, textFits } from './wildcards.ts'

/** A redirect URI with wildcards, in its parts. */
export interface RedirectUriPattern {
  readonly scheme: string
  readonly host: string
  /** Empty for the scheme's own, or where there is none. */
  readonly port: string
  readonly path: string
  /** `null` where there is none. */
  readonly query: string | null
}

const shape = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#@]*?)(?::([0-9*]+))?)?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i

/**
 * Reads a registered redirect URI with wildcards. Returns `undefined` where it is none: a bare `*`, one in the scheme, or one
 * with a user name. A fragment is left aside.
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

/** Whether a requested redirect URI fits the pattern. One that a browser would read in another way than we do, never does. */
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

/** In lower case and Punycode, as URLs have it. */
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
  // An encoded slash, backslash or line break would be one segment to us, and perhaps not to who is sent there.
  if (/%(?:0[0ad]|2f|5c)/i.test(path)) return false
  return fits(pattern.split('/'), path.split('/'), { star: '**', same: segmentFits })
}

const oneOrMore = Symbol('one or more characters')
const any = Symbol('one character')

/** In a segment `*` stands for one character at least. */
function segmentFits(pattern: string, segment: string): boolean {
  const characters = [...pattern.replaceAll(/\*+/g, '*')]
  const wanted = characters.flatMap((each): (string | symbol)[] => (each === '*' ? [any, oneOrMore] : [each]))
  return fits<string | symbol, string>(wanted, [...segment], {
    star: oneOrMore,
    same: (each, character) => each === any || each === character,
  })
}

/** The same parameters, as many times each; in a value `*` and `?` stand for characters other than a slash. */
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
