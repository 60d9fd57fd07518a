import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { boolean, callable, invalidArgument, object, optional, text } from '../arguments.ts'
import type { CallbackOptions, NodeHandler } from './callback.ts'

/** Options of `pocket.fetch`. */
export interface FetchOptions extends CallbackOptions {
  /** Responds to requests that are not for this provider. By default they get a 404 response. */
  readonly next?: (() => Response | Promise<Response>) | undefined
  /**
   * The IP address of the peer, for rate limits and `trustProxy`. By default 127.0.0.1: with `trustProxy: ['loopback']`, the
   * `X-Forwarded-For` header counts.
   */
  readonly ipAddress?: string | undefined
}

/** Web-standard requests and responses (Fetch Standard). */
export type FetchHandler = (request: Request, options?: FetchOptions) => Promise<Response>

const fetchOptions = object('options', {
  next: optional(callable('next')),
  ipAddress: optional(text('ipAddress')),
  forwardAuth: optional(boolean('forwardAuth')),
})

/** Headers of the connection, which the host's server sets. */
const connectionHeaders = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

/** Passes web-standard requests to the handler for `node:http`. */
export function createFetch(callback: (options: CallbackOptions) => NodeHandler): FetchHandler {
  const handlers = { core: callback({}), all: callback({ forwardAuth: true }) }
  return async (request, options = {}) => {
    // The polyfill of a framework is not an instance of Request.
    if (!URL.canParse(request?.url) || typeof request.headers?.has !== 'function')
      throw invalidArgument('request', 'must be a web-standard Request, not a URL')
    fetchOptions(options)
    const { next = notFound, ipAddress = '127.0.0.1', forwardAuth = false } = options
    const handle = forwardAuth ? handlers.all : handlers.core
    // Loaded when it is used: hosts with `node:http` do not need it.
    const { default: inject } = await import('light-my-request')
    const { pathname, search, host } = new URL(request.url)
    // Read before the request is passed on, because core reads the body itself.
    const isRead = request.bodyUsed || request.body?.locked === true
    const body = request.body && new LazyBody(request.body)
    const nextResponse = Promise.withResolvers<Response>()
    const response = inject(
      (req, res) => {
        // As in Node: whether the body has been received, although it may not have been read.
        Object.defineProperty(req, 'complete', { get: () => body?.isReceived ?? true })
        if (isRead) Object.defineProperty(req, 'readableEnded', { value: true })
        handle(req, res, (error) => {
          if (error === undefined) nextResponse.resolve(next())
          else nextResponse.reject(error)
        })
      },
      {
        // The library's type omits methods that core does not serve.
        method: request.method as 'GET',
        url: pathname + search,
        remoteAddress: ipAddress,
        headers: {
          host,
          'user-agent': undefined,
          ...(body && !request.headers.has('content-length') && { 'transfer-encoding': 'chunked' }),
          ...Object.fromEntries(request.headers),
        },
        ...(body && !isRead && { payload: Readable.from(body, { objectMode: false }) }),
      },
    ).then(({ statusCode, headers, rawPayload }) => {
      const isEmpty = rawPayload.byteLength === 0
      return new Response(isEmpty ? null : new Uint8Array(rawPayload), {
        status: statusCode,
        headers: toHeaders(headers),
      })
    })
    return Promise.race([response, nextResponse.promise])
  }
}

/** Locks the body when it is first read, because the host reads the body of a request that is passed on. */
class LazyBody {
  isReceived = false
  readonly #body: ReadableStream<Uint8Array>

  constructor(body: ReadableStream<Uint8Array>) {
    this.#body = body
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield* this.#body
    this.isReceived = true
  }
}

function notFound(): Response {
  return new Response('Not Found', { status: 404 })
}

function toHeaders(values: Readonly<Record<string, string | number | readonly string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || connectionHeaders.has(name)) continue
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, String(item))
  }
  return headers
}

/** A request and a response of Node for headers without a connection. */
export function toNodeExchange(headers: Headers): { readonly req: IncomingMessage; readonly res: ServerResponse } {
  const req = new IncomingMessage(new Socket())
  req.headers = Object.fromEntries(headers)
  return { req, res: new ServerResponse(req) }
}
