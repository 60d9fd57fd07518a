import fc, { type Arbitrary } from 'fast-check'
import { accessTable } from '../../src/access/access-table.ts'
import { coreTable } from '../../src/access/core-table.ts'

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

const words = (text: string) => text.trim().split(/\s+/)
const routes = [...accessTable.keys(), ...coreTable.keys()]
const methods = words('GET POST PUT PATCH DELETE HEAD OPTIONS PROPFIND')
const texts = [
  ...words('0 -1 null true [] {} me openid code none login S256 de * % <script> ../../etc/passwd __proto__ 1e999'),
  ...words('https://app.example/callback http://127.0.0.1:1/ javascript:alert(1) urn:x ada@example.com'),
  ...words('authorization_code refresh_token client_credentials urn:ietf:params:oauth:grant-type:device_code'),
  ...words('2030-01-01T00:00:00Z 9007199254740993 eyJhbGciOiJub25lIn0.e30.'),
  ...['', '\0', '\ud800', '\u202e', '\u{1f469}\u200d\u{1f680}', "' OR 1=1 --"],
  ...['openid profile email groups offline_access', 'x'.repeat(300), 'ä'.repeat(2000), 'y'.repeat(9000)],
]
const parameters = words(`
  client_id client_secret redirect_uri response_type response_mode scope state nonce prompt max_age claims acr_values
  id_token_hint login_hint ui_locales request request_uri resource code code_challenge code_challenge_method code_verifier
  grant_type refresh_token token user_code device_code authorization_details client_assertion client_assertion_type
  post_logout_redirect_uri dpop_jkt xsrf interaction redirect error kind act ids confirmed username email page limit search
  sort pagination[page] pagination[limit] sort[column] sort[direction] filters[disabled][] filters[source] q light size
  scopes userVerification __proto__ a[b][c]`)
const contentTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/jwt',
  'application/json; charset=utf-16',
  'x',
]
const headerNames = words('authorization accept-language if-match if-none-match dpop range x-forwarded-for user-agent')

/** The second value once in `times`, otherwise the first. */
function withRare<First, Second>(usual: Arbitrary<First>, rare: Arbitrary<Second>, times: number) {
  return fc.oneof({ arbitrary: usual, weight: times - 1 }, { arbitrary: rare, weight: 1 })
}

/** An element of a list, which may change while requests are generated. */
function elementOf(list: readonly string[]): Arbitrary<string> {
  return fc.noBias(fc.nat()).map((index) => list[index % list.length] ?? '')
}

/** Requests to all routes of the server. */
export function requestsWith({ values, fields }: Vocabulary, { byRoute, named }: Bodies): Arbitrary<GeneratedRequest> {
  const text = fc.oneof(
    { arbitrary: elementOf(values), weight: 4 },
    { arbitrary: fc.constantFrom(...texts), weight: 3 },
    { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
  )
  const wellFormed = text.map((value) => value.toWellFormed())
  const headerValue = text.map((value) => value.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 3000))

  type Tie = (name: string) => Arbitrary<unknown>
  const schemaValue = (schema: Schema, tie: Tie): Arbitrary<unknown> =>
    fc.oneof(
      { maxDepth: 8, depthIdentifier: 'schema', depthSize: 'max' },
      { arbitrary: tie('anything'), weight: 1 },
      { arbitrary: validValue(schema, tie), weight: 15 },
    )
  const validValue = (
    { $ref, enum: members, properties, items, type, format }: Schema,
    tie: Tie,
  ): Arbitrary<unknown> => {
    if ($ref !== undefined) return tie($ref.split('/').at(-1) ?? '')
    if (members) return fc.constantFrom(...members)
    if (properties) {
      const all = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, schemaValue(of, tie)]))
      return withRare(fc.record(all), fc.record(all, { requiredKeys: [] }), 3)
    }
    const kind = [type].flat().at(0)
    if (kind === 'array') return fc.array(schemaValue(items ?? {}, tie), { maxLength: 3 })
    if (kind === 'boolean') return fc.boolean()
    if (kind === 'integer' || kind === 'number') return fc.constantFrom(0, 1, 2, 60, 1000, -1, 1.5, 2 ** 40)
    if (format === 'date-time') return fc.constantFrom('2030-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'never')
    return kind === 'string' ? text : tie('anything')
  }
  const { anything, ...ofRoutes } = fc.letrec<Record<string, unknown>>((tie) => ({
    anything: fc.oneof(
      { maxDepth: 3, depthSize: 'max' },
      text,
      fc.integer({ min: -10, max: 1_000_000 }),
      fc.constantFrom(true, false, null),
      fc.array(tie('anything'), { maxLength: 4 }),
      fc.dictionary(elementOf(fields), tie('anything'), { maxKeys: 5 }),
    ),
    ...Object.fromEntries(
      [...Object.entries(named), ...byRoute].map(([name, schema]) => [name, schemaValue(schema, tie)]),
    ),
  }))

  const pairs = (names: Arbitrary<string>, maxLength: number) =>
    fc.array(fc.tuple(names, wellFormed), { maxLength }).map((list) => new URLSearchParams(list).toString())
  const parameter = elementOf(parameters)
  const json = (value: Arbitrary<unknown> = fc.constant(undefined)) => value.map((each) => JSON.stringify(each) ?? '')
  const none = fc.constant('')

  const pathOf = (pattern: string): Arbitrary<string> => {
    const segment = wellFormed.map((value) => encodeURIComponent(value) || 'x')
    const parts = pattern.split(/(:\w+)/).map((part) => (part.startsWith(':') ? segment : fc.constant(part)))
    const end = withRare(none, fc.constantFrom('/', '//', '/%2e%2e', '%00', '?', '%', '/x'), 33)
    const query = pairs(parameter, 8).map((text) => `?${text}`)
    return fc.tuple(...parts, end, fc.oneof(none, query)).map((all) => all.join(''))
  }

  const bodyOf = (route: string): Arbitrary<readonly [string, string]> => {
    const form = fc.tuple(
      fc.constant('application/x-www-form-urlencoded'),
      pairs(fc.oneof(elementOf(fields), parameter), 12),
    )
    const odd = fc.tuple(fc.constantFrom(...contentTypes), fc.oneof(json(anything), pairs(parameter, 5), none, text))
    const other = withRare(form, odd, 5)
    const schema = ofRoutes[route]
    return schema ? withRare(fc.tuple(fc.constant('application/json'), json(schema)), other, 10) : other
  }

  const headers = fc
    .record({
      'sec-fetch-site': withRare(fc.constant('same-origin'), fc.constant('cross-site'), 20),
      accept: fc.constantFrom('application/json', 'text/html', '*/*', 'image/*', ''),
      ...Object.fromEntries(headerNames.map((name) => [name, withRare(none, headerValue, 16)])),
      authorization: fc.oneof(
        { arbitrary: none, weight: 16 },
        { arbitrary: headerValue, weight: 1 },
        {
          arbitrary: fc
            .tuple(fc.constantFrom('Bearer', 'Basic', 'DPoP'), headerValue)
            .map(([scheme, value]) => `${scheme} ${btoa(value)}`),
          weight: 2,
        },
      ),
    })
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')))

  return fc.constantFrom(...routes).chain((route) => {
    const [usual = 'GET', pattern = '/'] = route.split(' ')
    const method = withRare(fc.constant(usual), fc.constantFrom(...methods), 15)
    return fc
      .tuple(method, pathOf(pattern), headers, bodyOf(route), withRare(fc.constant(false), fc.constant(true), 50))
      .map(([method, path, headers, [contentType, body], isOdd]) => {
        const hasBody = (method !== 'GET' && method !== 'HEAD') || isOdd
        return {
          ...{ route, method, path },
          headers: hasBody ? { ...headers, 'content-type': contentType } : headers,
          body: hasBody ? body : undefined,
        }
      })
  })
}
