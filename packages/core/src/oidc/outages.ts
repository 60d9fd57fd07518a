import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import { UnavailableError } from '../errors.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { isRepeatable, setRetryHeaders } from '../http/retry.ts'
import { parseLanguages } from '../views/languages.ts'
import type { RenderView } from '../views/views.ts'
import type { ProviderContext } from './provider-context.ts'

/** Responds with 503 instead of `server_error` if a store is unavailable. */
export function handleOutages(provider: Provider, { render }: ProviderContext): void {
  const outages = new WeakMap<IncomingMessage, UnavailableError>()
  provider.on('server_error', ({ req }, error) => {
    if (error instanceof UnavailableError) outages.set(req, error)
  })
  provider.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      outages.set(ctx.req, error)
    }
    const outage = outages.get(ctx.req)
    if (outage) await sendOutage(ctx, outage, render)
  })
}

export async function sendOutage(
  ctx: Pick<
    Context,
    'accepts' | 'body' | 'headerSent' | 'query' | 'remove' | 'req' | 'res' | 'set' | 'status' | 'type'
  >,
  outage: UnavailableError,
  render: RenderView,
): Promise<void> {
  if (ctx.headerSent) return
  const { status, code, message, retryAfter } = outage
  ctx.remove('Location')
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.status = status
    ctx.set({ 'Retry-After': String(retryAfter), 'Cache-Control': 'no-store' })
    // RFC 6749 §4.1.2.1.
    ctx.body = { error: 'temporarily_unavailable', error_description: message }
    return
  }
  const view = {
    view: 'error',
    status,
    code,
    description: message,
    details: {},
    fields: [],
    requestId: requestContext(ctx.req).requestId,
    retryAt: null,
    retryAfter,
    retriesItself: isRepeatable(ctx.req),
    languages: parseLanguages(ctx.query.ui_locales),
  } as const
  setPageHeaders(ctx.res, 'to-clients')
  setRetryHeaders(ctx.req, ctx.res, outage)
  ctx.type = 'html'
  ctx.body = await render(view, ctx.req)
  ctx.status = status
}
