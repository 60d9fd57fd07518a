import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { requestContext, type TrustProxy } from '@pocket/core'
import { setCommonHeaders, toOriginForm } from '@pocket/core/internal'
import type { Logger } from '../logging/logger.ts'
import { type RequestState, requests, trace } from '../telemetry/channels.ts'
import { pathForLog } from './path-for-log.ts'

export interface RequestListenerDeps {
  readonly trustProxy: TrustProxy
  readonly logger: Logger
  /** The origin of this server that received the request. */
  readonly originOf: (req: IncomingMessage) => string
  /** Seconds; 0 disables the header. */
  readonly hstsMaxAge: number
}

export type RequestHandler = (req: IncomingMessage, res: ServerResponse, state: RequestState) => Promise<unknown>

/** Requested every few seconds; successful probes are not worth a log entry. */
export const probes: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz'])

const states = new WeakMap<IncomingMessage, RequestState>()

/** The state of a request, for the middleware that needs a framework. */
export const stateOf = (req: IncomingMessage): RequestState | undefined => states.get(req)

/**
 * Applies to every request: a request ID, the response headers and a log entry. Without a framework, because some requests need
 * none.
 */
export function createRequestListener(
  { trustProxy, logger, originOf, hstsMaxAge }: RequestListenerDeps,
  handle: RequestHandler,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const transportOf = new Map<string, string | undefined>()
  return async (req, res) => {
    const started = performance.now()
    const { requestId, ipAddress } = requestContext(req, trustProxy)
    res.setHeader('X-Request-ID', requestId)
    const target = toOriginForm(req.url ?? '')
    req.url = target ?? '/'
    setCommonHeaders(res)
    const origin = originOf(req)
    if (!transportOf.has(origin)) transportOf.set(origin, strictTransportSecurity(origin, hstsMaxAge))
    const transport = transportOf.get(origin)
    if (transport !== undefined) res.setHeader('Strict-Transport-Security', transport)
    const state: RequestState = { problem: problemOf(req, target) }
    states.set(req, state)
    await trace(requests, { req, res, requestId, state }, () => handle(req, res, state))
    const path = (req.url ?? '').split('?', 1)[0] ?? ''
    if (probes.has(path)) return
    const took = Math.round(performance.now() - started)
    logger.info(
      {
        requestId,
        method: req.method,
        path: pathForLog(path),
        status: res.statusCode,
        errorCode: state.errorCode,
        took,
        ipAddress,
        traceId: state.traceId,
      },
      'request',
    )
  }
}

/** Why no handler may serve the request. */
function problemOf({ rawHeaders }: IncomingMessage, target: string | undefined): string | undefined {
  if (target === undefined) return 'The request target is neither a path nor a URL.'
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts++
  // RFC 9112 §3.2: a proxy may have chosen the other header.
  return hosts > 1 ? 'The request has more than one Host header.' : undefined
}

/**
 * The value of `Strict-Transport-Security` for an origin (RFC 6797), `undefined` if it would do harm: browsers apply it to every
 * port of the host, so only the origin on the default port may send it.
 *
 * @param maxAge - seconds; 0 disables the header
 */
export function strictTransportSecurity(origin: string, maxAge: number): string | undefined {
  const { protocol, hostname, port } = new URL(origin)
  if (maxAge === 0 || protocol !== 'https:' || port !== '' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    return undefined
  return `max-age=${maxAge}`
}
