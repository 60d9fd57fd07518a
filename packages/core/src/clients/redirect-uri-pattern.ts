import { isHostConfined } from './host-wildcards.ts'
import { matchesSequence, matchesWildcards } from './wildcards.ts'

export interface RedirectUriPattern {
  readonly scheme: string
  readonly host: string
  /** Empty for the default port, or if there is none. */
  readonly port: string
  readonly path: string
  /** `null` if there is none. */
  readonly query: string | null
}

const patternSyntax = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#@]*?)(?::([0-9*]+))?)?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i

/**
 * Parses a registered redirect URI with wildcards. Returns `undefined` if it is invalid: a bare `*`, a wildcard in the
 * scheme, or user info. A fragment is ignored.
 */
export function parsePattern(uri: string): RedirectUriPattern | undefined {
  const [, scheme, host = '', port = '', path = '', query] = patternSyntax.exec(uri) ?? []
  if (scheme === undefined) return undefined
  const isWeb = /^https?$/i.test(scheme)
  if (!isWeb && host === '' && path === '') return undefined
  const normalizedHost = isWeb ? normalizeHost(host) : host
  const normalizedPath = URL.parse(`https://h${path}`)?.pathname
  if (normalizedHost === undefined || normalizedPath === undefined) return undefined
  return {
    scheme: scheme.toLowerCase(),
    host: normalizedHost,
    port: port === defaultPort(scheme.toLowerCase()) ? '' : port,
    path: isWeb ? normalizedPath : path,
    query: query ?? null,
  }
}

/** Whether a requested redirect URI matches the pattern. A URI that browsers parse differently never matches. */
export function matchesPattern(pattern: RedirectUriPattern, requested: string): boolean {
  const url = URL.parse(requested)
  if (!url || /[\s\p{Cc}]/u.test(requested) || requested.includes('#') || url.username !== '' || url.password !== '')
    return false
  return (
    url.protocol === `${pattern.scheme}:` &&
    matchesHost(pattern.host, url.hostname) &&
    matchesPort(pattern, url.port) &&
    matchesPath(pattern.path, url.pathname) &&
    matchesQuery(pattern.query, url.search)
  )
}

const placeholder = 'x-any-x'

/** In lower case and Punycode, as in parsed URLs. */
function normalizeHost(host: string): string | undefined {
  if (host === '') return undefined
  return URL.parse(`https://${host.replaceAll('*', placeholder)}`)?.hostname.replaceAll(placeholder, '*')
}

function defaultPort(scheme: string): string {
  return { https: '443', http: '80' }[scheme] ?? ''
}

function matchesHost(pattern: string, host: string): boolean {
  if (isHostConfined(pattern)) return matchesWildcards(pattern, host)
  const patternLabels = pattern.split('.')
  const labels = host.split('.')
  return (
    patternLabels.length === labels.length &&
    patternLabels.every((patternLabel, index) => matchesWildcards(patternLabel, labels[index] ?? ''))
  )
}

function matchesPort({ scheme, port }: RedirectUriPattern, actual: string): boolean {
  return port === '' ? actual === '' : matchesWildcards(port, actual || defaultPort(scheme))
}

function matchesPath(pattern: string, path: string): boolean {
  // A server may decode an encoded slash, backslash or line break and see other segments than this check.
  if (/%(?:0[0ad]|2f|5c)/i.test(path)) return false
  return matchesSequence(pattern.split('/'), path.split('/'), { wildcard: '**', matchesItem: matchesSegment })
}

const moreCharacters = Symbol('one or more characters')
const anyCharacter = Symbol('one character')

/** In a segment, `*` matches at least one character. */
function matchesSegment(pattern: string, segment: string): boolean {
  const characters = [...pattern.replaceAll(/\*+/g, '*')]
  const patternItems = characters.flatMap((character): (string | symbol)[] =>
    character === '*' ? [anyCharacter, moreCharacters] : [character],
  )
  return matchesSequence<string | symbol, string>(patternItems, [...segment], {
    wildcard: moreCharacters,
    matchesItem: (item, character) => item === anyCharacter || item === character,
  })
}

/** Requires the same parameters with the same count; in a value, `*` and `?` match any characters except a slash. */
function matchesQuery(pattern: string | null, search: string): boolean {
  const expected = new URLSearchParams(pattern ?? '')
  const actual = new URLSearchParams(search)
  if (expected.size !== actual.size) return false
  return [...new Set(expected.keys())].every((name) => {
    const values = actual.getAll(name)
    const patterns = expected.getAll(name)
    return (
      patterns.length === values.length &&
      patterns.every((valuePattern, index) => matchesValue(valuePattern, values[index] ?? ''))
    )
  })
}

function matchesValue(pattern: string, value: string): boolean {
  if (pattern === value) return true
  if (pattern.split('/').length !== value.split('/').length) return false
  return matchesSequence([...pattern], [...value], {
    wildcard: '*',
    matchesItem: (item, character) => item === character || (item === '?' && character !== '/'),
  })
}
