import type { IncomingMessage, ServerResponse } from 'node:http'
import Koa, { type Middleware } from 'koa'
import { requestContext } from './request-context.ts'

/** A handler for `node:http` and for frameworks with `(req, res, next)` middleware: Express, NestJS, Fastify hooks. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void

/** Options of `pocket.callback`. */
export interface CallbackOptions {
  /** Whether to serve the proxies and hosts of protected sites as well, like `pocket.forwardAuth`. */
  readonly forwardAuth?: boolean | undefined
}

/** Passes other requests unchanged to `next`, or responds to them with 404 without `next`. */
export function createCallback(
  middlewares: readonly Middleware[],
  onError: (error: unknown, requestId: string) => void,
): NodeHandler {
  const continuations = new WeakMap<IncomingMessage, () => void>()
  const koa = new Koa()
  for (const middleware of middlewares) koa.use(middleware)
  const handle = koa
    .use((ctx) => {
      const continueRequest = continuations.get(ctx.req)
      if (!continueRequest) return
      ctx.respond = false
      ctx.res.statusCode = 200
      continueRequest()
    })
    .on('error', (error: unknown, ctx?: Koa.Context) => onError(error, ctx ? requestContext(ctx.req).requestId : ''))
    .callback()
  return (req, res, next) => {
    if (next) {
      const { url = '/' } = req
      const headers = { ...req.headers }
      continuations.set(req, () => {
        req.url = url
        req.headers = headers
        next()
      })
    }
    void handle(req, res)
  }
}
