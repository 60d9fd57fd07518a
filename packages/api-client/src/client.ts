import createClient, { defaultPathSerializer, type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'
import { toRequestError } from './error.ts'
import type { paths } from './generated/api.ts'

export interface PocketClientOptions {
  /** The origin of the instance, without a path: `https://id.example.com`. */
  readonly url: string
  /** Sent as `X-API-Key`. Without a key, only public operations can be called. */
  readonly apiKey?: string
  /** Replaces the global `fetch`, for example to add a proxy, a time limit or retries. */
  readonly fetch?: (request: Request) => Promise<Response>
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

/** The result of a successful call. `data` is `undefined` if the response has no body. */
type Success<Operation extends Record<string | number, unknown>, Init> = Extract<
  FetchResponse<Operation, Init, `${string}/${string}`>,
  { error?: never }
>

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
 * @example
 * const pocket = createPocketClient({ url: 'https://id.example.com', apiKey })
 * const { data } = await pocket.GET('/api/users', { params: { query: { search: 'ada' } } })
 */
export function createPocketClient({ url, apiKey, fetch }: PocketClientOptions): PocketClient {
  const client = createClient<paths>({
    baseUrl: url.replace(/\/+$/, ''),
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
  // A cast: unsuccessful responses were thrown above, which the library's types cannot express.
  return Object.fromEntries(methods.map((method) => [method, client[method]])) as unknown as PocketClient
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
