import { requestContext, type View } from '@pocket/core'
import { PocketError, RateLimitedError, UnavailableError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { messageOf } from '../logging/failure.ts'
import type { PageModel } from './page-models.ts'
import { pathForLog } from './path-for-log.ts'
import { type ShowPage, seeOther } from './show-page.ts'
import { signedInErrorPage } from './signed-in-error.ts'

/** Characters; room for a carried interaction, and for other headers within the 16 kB that Node accepts. */
const maxUrlLength = 13_500

/** The signed-in user of a request, if any. */
export type FindUser = (ctx: Context) => Promise<User | undefined>

/** Turns every thrown error into one response: a page for browsers, JSON for programs. Internal details are not disclosed. */
export function errorResponses(logger: Logger, show: ShowPage, findUser: FindUser): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status !== 404 || ctx.body !== undefined || ctx.respond === false) return
      if (!respondMethodNotAllowed(ctx)) await notFound(ctx, show, findUser)
    } catch (error) {
      await respond(ctx, error, { logger, show, findUser })
    }
  }
}

/** The path exists but supports other methods (RFC 9110 §15.5.6). Returns `false` if the path is unknown. */
function respondMethodNotAllowed(ctx: Context): boolean {
  // Set by every router that the request has passed.
  const matched: readonly { readonly methods: readonly string[] }[] = ctx.matched ?? []
  const allowed = new Set(matched.flatMap(({ methods }) => methods))
  if (allowed.size === 0 || allowed.has(ctx.method)) return false
  ctx.set({ Allow: [...allowed].join(', '), 'Cache-Control': 'private, no-store' })
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204
    return true
  }
  ctx.status = 405
  ctx.body = { error: `This URL accepts ${[...allowed].join(', ')}.` }
  return true
}

/** Characters. Clients accept 16 kB of response headers, which also have other fields. */
const maxRedirectLength = 8000

async function notFound(ctx: Context, show: ShowPage, findUser: FindUser): Promise<void> {
  if (ctx.url.length <= maxRedirectLength && /^\/api\/([^/]+\/)*$/.test(ctx.path)) {
    // As in Pocket ID. 307 keeps the method and the body (RFC 9110 §15.4.8).
    ctx.status = ctx.method === 'GET' || ctx.method === 'HEAD' ? 301 : 307
    ctx.redirect(ctx.path.slice(0, -1) + ctx.search)
    return
  }
  if (ctx.path.startsWith('/api/') || ctx.path.startsWith('/.well-known/')) {
    ctx.status = 404
    ctx.set('Cache-Control', 'private, no-store')
    ctx.body = { error: 'API endpoint not found' }
    return
  }
  const view = errorView(ctx, { status: 404, code: 'not_found', description: 'There is no such page.' })
  await show(ctx, await withNavigation(ctx, view, findUser))
  ctx.status = 404
}

async function respond(
  ctx: Context,
  error: unknown,
  { logger, show, findUser }: { readonly logger: Logger; readonly show: ShowPage; readonly findUser: FindUser },
): Promise<void> {
  const { requestId } = requestContext(ctx.req)
  const pocketError = error instanceof PocketError ? error : undefined
  // The stack is not useful, and there may be many such errors.
  if (pocketError instanceof UnavailableError)
    logger.error(
      { requestId, path: pathForLog(ctx.path), reason: messageOf(pocketError.cause ?? pocketError) },
      'The database is unavailable',
    )
  else if (!pocketError || pocketError.status >= 500)
    logger.error({ err: error, requestId, path: pathForLog(ctx.path) }, 'The request failed')
  else
    logger.info(
      { errorCode: pocketError.code, requestId, path: pathForLog(ctx.path), reason: pocketError.message },
      'The request was rejected',
    )
  if (ctx.headerSent) return
  if (pocketError?.code === 'not_signed_in' && ctx.method === 'GET' && !wantsJson(ctx))
    return seeOther(ctx, signInUrl(ctx))
  const {
    status = 500,
    code = 'internal_error',
    message = 'Something went wrong on our side.',
    details = {},
    fields = [],
  } = pocketError ?? {}
  const retryAfter =
    error instanceof RateLimitedError || error instanceof UnavailableError ? error.retryAfter : undefined
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter))
  if (wantsJson(ctx)) {
    const extra = { ...details, ...(fields.length > 0 && { fields }) }
    ctx.status = status
    ctx.set('Cache-Control', 'private, no-store')
    const sentence = message.charAt(0).toUpperCase() + message.slice(1)
    ctx.body = {
      error: sentence,
      code,
      ...(Object.keys(extra).length > 0 && { details: extra }),
      request_id: requestId,
    }
    return
  }
  // A browser reloads the page automatically; a form is not submitted twice.
  const retriesItself = error instanceof UnavailableError && (ctx.method === 'GET' || ctx.method === 'HEAD')
  if (retriesItself) ctx.set('Refresh', String(retryAfter))
  const view = {
    ...errorView(ctx, { status, code, description: message }),
    fields,
    retriesItself,
    ...(retryAfter !== undefined && { retryAfter }),
  }
  await show(ctx, retryAfter === undefined ? await withNavigation(ctx, view, findUser, details.resource) : view)
  ctx.status = status
}

/** The error within the navigation, for a signed-in user on a settings page. */
async function withNavigation(
  ctx: Context,
  view: Extract<View, { view: 'error' }>,
  findUser: FindUser,
  resource?: unknown,
): Promise<PageModel> {
  if (!ctx.path.startsWith('/settings/') || view.code === 'not_signed_in') return view
  const user = await findUser(ctx).catch(() => undefined)
  return user ? signedInErrorPage(ctx, user, view, resource) : view
}

/** The sign-in page, which leads back to this page; without its query or path if the URL would be too long. */
function signInUrl({ url, path }: Context): string {
  const urls = [url, path].map((redirect) => `/login?${new URLSearchParams({ redirect })}`)
  return urls.find(({ length }) => length <= maxUrlLength) ?? '/login'
}

function wantsJson(ctx: Context): boolean {
  return ctx.path.startsWith('/api/') || Boolean(ctx.is('json', '+json')) || ctx.accepts('html', 'json') === 'json'
}

interface ErrorSummary {
  readonly status: number
  readonly code: string
  readonly description: string
}

function errorView(ctx: Context, summary: ErrorSummary): Extract<View, { view: 'error' }> {
  return {
    view: 'error',
    ...summary,
    details: {},
    fields: [],
    requestId: requestContext(ctx.req).requestId,
    retryAt: null,
  }
}
