import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import { recordRefusal } from '../audit/refusals.ts'
import type { CoreContext } from '../context.ts'
import { PocketError, RateLimitedError, UnavailableError } from '../errors.ts'
import { configuredOrigin } from '../http/own-origin.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { isRepeatable, setRetryHeaders } from '../http/retry.ts'
import { assertSameOrigin } from '../http/same-origin.ts'
import { parseLanguages } from '../views/languages.ts'
import type { View } from '../views/views.ts'

export interface PageResponses {
  readonly show: (ctx: Context, view: View) => Promise<void>
  readonly redirect: (ctx: Context, to: string) => void
  /** Sets the languages of the pages of this request, from `ui_locales`. */
  readonly setLanguages: (req: IncomingMessage, uiLocales: unknown) => void
  /** Rejects requests from pages of other sites, and responds to rejections with a page or with JSON. */
  readonly middleware: Middleware
}

export function createPageResponses({ render, audit, onError, origins }: CoreContext): PageResponses {
  const languages = new WeakMap<IncomingMessage, readonly string[]>()
  const originOf = (req: IncomingMessage) => configuredOrigin(req, origins)
  const setLanguages = (req: IncomingMessage, uiLocales: unknown) => {
    languages.set(req, parseLanguages(uiLocales))
  }

  const show = async (ctx: Context, view: View) => {
    setPageHeaders(ctx.res, 'to-clients')
    ctx.type = 'html'
    ctx.body = await render({ ...view, languages: languages.get(ctx.req) ?? [] }, ctx.req)
  }

  const respondWithError = async (ctx: Context, error: PocketError) => {
    const origin = requestContext(ctx.req)
    const { requestId } = origin
    const { status, code, message, details, fields } = error
    const event = { event: 'request_refused', endpoint: 'interaction', code, reason: message } as const
    const { searchParams: query } = new URL(details.startAgain ?? '', originOf(ctx.req))
    if (query.has('ui_locales')) setLanguages(ctx.req, query.get('ui_locales'))
    await recordRefusal(audit, { error, event, origin })
    if (status >= 500) onError(error, requestId)
    ctx.status = status
    const retryAfter =
      error instanceof RateLimitedError || error instanceof UnavailableError ? error.retryAfter : undefined
    if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
    const isPage = ctx.accepts('html', 'json') === 'html'
    if (isPage && error instanceof UnavailableError) setRetryHeaders(ctx.req, ctx.res, error)
    if (isPage)
      return show(ctx, {
        view: 'error',
        status,
        code,
        description: message,
        details: {},
        fields,
        requestId,
        retryAt: details.startAgain ?? null,
        ...(retryAfter !== undefined && { retryAfter }),
        retriesItself: error instanceof UnavailableError && isRepeatable(ctx.req),
      })
    ctx.body = { error: message, code, details, request_id: requestId }
  }

  return {
    show,
    setLanguages,
    redirect(ctx, to) {
      ctx.status = 303
      ctx.redirect(to)
    },
    async middleware(ctx, next) {
      try {
        assertSameOrigin(ctx.req, [originOf(ctx.req)])
        await next()
      } catch (error) {
        if (!(error instanceof PocketError)) throw error
        await respondWithError(ctx, error)
      }
    },
  }
}
