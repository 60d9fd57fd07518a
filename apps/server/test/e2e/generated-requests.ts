import { accessTable } from '../../src/access/access-table.ts'
import { coreTable } from '../../src/access/core-table.ts'

type Random = () => number

/** A request without credentials. */
export interface GeneratedRequest {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What earlier responses contained, so that requests refer to things that exist. */
export interface Vocabulary {
  /** IDs, codes and tokens. */
  readonly values: string[]
  /** Names of form fields. */
  readonly fields: string[]
}

/** JSON Schemas of request bodies by route, and all named schemas. */
export interface Bodies {
  readonly byRoute: ReadonlyMap<string, Schema>
  readonly named: Readonly<Record<string, Schema>>
}

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly format?: string
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const routes = [...accessTable.keys(), ...coreTable.keys()]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND']
const texts = [
  ...['', '0', '-1', 'null', 'true', '[]', '{}', 'me', 'openid', 'code', 'none', 'login', 'S256', 'de', '*', '%', '\0'],
  ...[
    '\ud800',
    '\u202e',
    '\u{1f469}\u200d\u{1f680}',
    "' OR 1=1 --",
    '<script>',
    '../../etc/passwd',
    '__proto__',
    '1e999',
  ],
  ...['https://app.example/callback', 'http://127.0.0.1:1/', 'javascript:alert(1)', 'urn:x', 'ada@example.com'],
  ...['openid profile email groups offline_access', 'authorization_code', 'refresh_token', 'client_credentials'],
  ...[
    'urn:ietf:params:oauth:grant-type:device_code',
    '2030-01-01T00:00:00Z',
    '9007199254740993',
    'eyJhbGciOiJub25lIn0.e30.',
  ],
  ...['x'.repeat(300), 'ä'.repeat(2000), 'y'.repeat(9000)],
]
const parameters = [
  ...[
    'client_id',
    'client_secret',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
  ],
  ...[
    'max_age',
    'claims',
    'acr_values',
    'id_token_hint',
    'login_hint',
    'ui_locales',
    'request',
    'request_uri',
    'resource',
  ],
  ...[
    'code',
    'code_challenge',
    'code_challenge_method',
    'code_verifier',
    'grant_type',
    'refresh_token',
    'token',
    'user_code',
  ],
  ...['device_code', 'authorization_details', 'client_assertion', 'client_assertion_type', 'post_logout_redirect_uri'],
  ...[
    'dpop_jkt',
    'xsrf',
    'interaction',
    'redirect',
    'error',
    'kind',
    'act',
    'ids',
    'confirmed',
    'token',
    'username',
    'email',
  ],
  ...['page', 'limit', 'search', 'sort', 'pagination[page]', 'pagination[limit]', 'sort[column]', 'sort[direction]'],
  ...[
    'filters[disabled][]',
    'filters[source]',
    'q',
    'light',
    'size',
    'scopes',
    'userVerification',
    '__proto__',
    'a[b][c]',
  ],
]
const contentTypes = [
  ...['application/json', 'application/json', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
  ...['multipart/form-data; boundary=x', 'text/plain', 'application/jwt', 'application/json; charset=utf-16', 'x'],
]

/** Generates requests to all routes of the server. */
export function createGenerator(random: Random, { values, fields }: Vocabulary, { byRoute, named }: Bodies) {
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(from: readonly T[], otherwise: T): T => from[below(from.length)] ?? otherwise
  const chance = (probability: number) => random() < probability
  const text = (): string => (chance(0.5) ? pick(values, '') : pick(texts, ''))
  const many = <T>(max: number, make: () => T): T[] => Array.from({ length: below(max + 1) }, make)

  const anything = (depth = 0): unknown => {
    const kind = below(depth > 3 ? 4 : 6)
    if (kind === 4) return many(4, () => anything(depth + 1))
    if (kind === 5) return Object.fromEntries(many(5, () => [pick(fields, 'id'), anything(depth + 1)]))
    return [text(), below(1e6) - 10, chance(0.5), null][kind]
  }

  const ofSchema = (schema: Schema, depth = 0): unknown => {
    if (chance(0.06) || depth > 8) return anything(depth)
    const { $ref, enum: words, properties, items } = schema
    if ($ref !== undefined) return ofSchema(named[$ref.split('/').at(-1) ?? ''] ?? {}, depth + 1)
    if (words) return pick(words, null)
    if (properties)
      return Object.fromEntries(
        Object.entries(properties).flatMap(([name, of]) => (chance(0.85) ? [[name, ofSchema(of, depth + 1)]] : [])),
      )
    const type = [schema.type].flat().at(0)
    if (type === 'array') return many(3, () => ofSchema(items ?? {}, depth + 1))
    if (type === 'boolean') return chance(0.5)
    if (type === 'integer' || type === 'number') return pick([0, 1, 2, 60, 1000, -1, 1.5, 2 ** 40], 0)
    if (schema.format === 'date-time') return pick(['2030-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'never'], '')
    return type === 'string' ? text() : anything(depth)
  }

  const pairs = (names: readonly string[], max: number) =>
    new URLSearchParams(many(max, () => [pick(names, 'q'), wellFormed(text())])).toString()

  const pathOf = (pattern: string): string => {
    const path = pattern.replaceAll(/:\w+/g, () => encodeURIComponent(wellFormed(text())) || 'x')
    const odd = chance(0.03) ? path + pick(['/', '//', '/%2e%2e', '%00', '?', '%', '/x'], '') : path
    return chance(0.5) ? odd : `${odd}?${pairs(parameters, 8)}`
  }

  const bodyOf = (route: string): readonly [string, string] => {
    const schema = byRoute.get(route)
    if (schema && chance(0.9)) return ['application/json', JSON.stringify(ofSchema(schema))]
    if (chance(0.8)) return ['application/x-www-form-urlencoded', pairs([...fields, ...parameters], 12)]
    return [pick(contentTypes, 'x'), pick([JSON.stringify(anything()), pairs(parameters, 5), '', '{', text()], '')]
  }

  const headerValue = () =>
    text()
      .replaceAll(/[^\x20-\x7e]/g, '')
      .slice(0, 3000)

  return (): GeneratedRequest => {
    const route = pick(routes, 'GET /')
    const [usual = 'GET', pattern = '/'] = route.split(' ')
    const method = chance(0.93) ? usual : pick(methods, 'GET')
    const isRead = method === 'GET' || method === 'HEAD'
    const [contentType, body] = isRead && chance(0.98) ? ['', undefined] : bodyOf(route)
    const headers: Record<string, string> = {
      'sec-fetch-site': chance(0.95) ? 'same-origin' : 'cross-site',
      accept: pick(['application/json', 'text/html', '*/*', 'image/*', ''], ''),
      ...(body !== undefined && { 'content-type': contentType }),
    }
    for (const name of [
      'authorization',
      'accept-language',
      'if-match',
      'if-none-match',
      'dpop',
      'range',
      'x-forwarded-for',
      'user-agent',
    ])
      if (chance(0.06)) headers[name] = headerValue()
    if (chance(0.1)) headers.authorization = `${pick(['Bearer', 'Basic', 'DPoP'], 'Bearer')} ${btoa(headerValue())}`
    return { route, method, path: pathOf(pattern), headers, body }
  }
}

function wellFormed(value: string): string {
  return value.toWellFormed()
}
