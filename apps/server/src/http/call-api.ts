import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DispatchFunc } from 'light-my-request'

/** A request of a command to the REST API of its own process. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query, for example `/api/users?search=ada`. */
  readonly path: string
  readonly body?: unknown
  /** The version of the resource to change. */
  readonly ifMatch?: string | undefined
  /** The ID of the user for whom the command acts; by default it acts as the command line. */
  readonly onBehalfOf?: string | undefined
}

/** `body` is `undefined` if the response has none. */
export interface ApiResponse {
  readonly status: number
  readonly body: unknown
  readonly etag: string | undefined
}

interface Target {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => unknown
  readonly issuer: string
  /** The API key of the command line. */
  readonly apiKey: string
}

/** Passes a request to the handler without a connection. */
export async function callApi({ handler, issuer, apiKey }: Target, request: ApiRequest): Promise<ApiResponse> {
  const { method, path, body, ifMatch, onBehalfOf } = request
  // Loaded when it is used: a server does not need it.
  const { default: inject } = await import('light-my-request')
  const { statusCode, headers, payload } = await inject(
    // The cast is safe: the library's requests have everything that Koa reads.
    handler as DispatchFunc,
    {
      method,
      url: path,
      headers: {
        host: new URL(issuer).host,
        accept: 'application/json',
        'user-agent': 'pocket-id command line',
        'x-api-key': apiKey,
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(onBehalfOf !== undefined && { 'x-on-behalf-of': onBehalfOf }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    },
  )
  const { etag } = headers
  return {
    status: statusCode,
    body: payload === '' ? undefined : JSON.parse(payload),
    etag: typeof etag === 'string' ? etag : undefined,
  }
}
