import createClient, { defaultPathSerializer, type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'
import { toRequestError } from './error.ts'
import type { paths } from './generated/api.ts'

export interface PocketClientOptions {
  /** The origin of the instance, without a path: `https://id.example.com`. */
  readonly url: string
  /** Sent as `X-API-Key`. Without a key, only public operations can be called. */
  readonly apiKey?: string | undefined
  /** Replaces the global `fetch`, for example to add a proxy, a time limit or retries. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

/** The result of a successful call. `data` is `undefined` only if the operation has no response body. */
interface Success<Operation extends Record<string | number, unknown>, Init> {
  // A required member, so that `data` is not possibly undefined without `exactOptionalPropertyTypes` either.
  readonly data: Extract<FetchResponse<Operation, Init, `${string}/${string}`>, { data: unknown }>['data']
  readonly response: Response
}

type CallFunction<HttpMethod extends Lowercase<Method>> = <
  Path extends PathsWithMethod<paths, HttpMethod>,
  Init extends MaybeOptionalInit<paths[Path], HttpMethod>,
>(
  path: Path,
  ...init: RequiredKeysOf<Init> extends never ? [init?: Init] : [init: Init]
) => Promise<Success<paths[Path][HttpMethod] & Record<string | number, unknown>, Init>>

/**
 * The operations of the REST API, by method and path as in its document. `params` contains the path, query and header
 * parameters; `body` is an object that is sent as JSON, or as a form if one of its members is a `Blob`.
 *
 * @throws {PocketRequestError} for every unsuccessful response
 */
export type PocketClient = { readonly [Name in Method]: CallFunction<Lowercase<Name>> }

/**
 * Creates a client of one instance.
 *
 * @throws {TypeError} if `url` is not an http or https URL without a path, `apiKey` is empty or cannot be sent, `fetch` is not
 * a function, or there are other options
 *
 * @example
 * ```ts
 * const pocket = createPocketClient({ url: 'https://id.example.com', apiKey: 'the key' })
 * const { data } = await pocket.GET('/api/users', { params: { query: { search: 'ada' } } })
 * ```
 */
export function createPocketClient(options: PocketClientOptions): PocketClient {
  const { url, apiKey, fetch, ...unknown } = options ?? {}
  const baseUrl = toOrigin(url)
  for (const name of Object.keys(unknown))
    throw new TypeError(`${name} is not an option of createPocketClient; it has url, apiKey and fetch.`)
  if (fetch !== undefined && typeof fetch !== 'function') throw new TypeError('The fetch must be a function.')
  if (apiKey !== undefined && (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)))
    throw new TypeError('The apiKey must be a key as it was shown once; an empty one may come from an unset variable.')
  const client = createClient<paths>({
    baseUrl,
    pathSerializer: (path, params) => defaultPathSerializer(path, mapValues(params, encodeUrlId)),
    bodySerializer: serializeBody,
    headers: { accept: 'application/json, */*;q=0.1', ...(apiKey !== undefined && { 'x-api-key': apiKey }) },
    ...(fetch && { fetch }),
  })
  client.use({
    async onResponse({ response }) {
      // 304 (Not Modified) is the only expected response outside 2xx: the caller requested it with If-None-Match.
      if (!response.ok && response.status !== 304) throw await toRequestError(response)
    },
  })
  // Unsuccessful responses were thrown above, which the library's types cannot express.
  return Object.fromEntries(
    methods.map((method) => {
      // The cast is safe: the arguments are checked, and the library does not depend on their types.
      const call = client[method] as (path: string, init?: object) => Promise<unknown>
      return [method, async (path: string, init?: object) => call(...checkedCall(path, init))]
    }),
  ) as unknown as PocketClient
}

/** Names what is missing, for callers without type checking; `fetch` would only report an invalid URL. */
function checkedCall(path: string, init?: object): [string, object?] {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`The path must be one of the API, such as /api/users, not "${path}".`)
  const { params } = readObject('The second argument', init)
  const values = readObject('params.path', readObject('params', params).path)
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g))
    if ((values[name] ?? '') === '') throw new TypeError(`The path ${path} needs params.path.${name}.`)
  return init === undefined ? [path] : [path, init]
}

function readObject(name: string, value: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name} must be an object, such as { params: { path: { id } } }.`)
  return { ...value }
}

/** Every path of the API begins with `/api`, so that a path in the base URL would be requested twice or not exist. */
function toOrigin(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.href !== `${parsed.origin}/`)
    throw new TypeError(`The url must be the origin of the instance, such as https://id.example.com, not "${url}".`)
  return parsed.origin
}

/** A client ID that is a URL must be escaped before it is used in a path. */
function encodeUrlId(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('/')) return value
  return `~${Buffer.from(value, 'utf8').toString('base64url')}`
}

function serializeBody(body: unknown): FormData | string {
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : []
  if (body instanceof FormData) return body
  if (!members.some(([, value]) => value instanceof Blob)) return JSON.stringify(body)
  const form = new FormData()
  for (const [name, value] of members) form.append(name, value)
  return form
}

function mapValues(values: Readonly<Record<string, unknown>>, transform: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, transform(value)]))
}
