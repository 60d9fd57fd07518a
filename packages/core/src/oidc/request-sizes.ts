import type { Context } from 'koa'
import { recordRefusal } from '../audit/refusals.ts'
import type { CoreContext } from '../context.ts'
import { PayloadTooLargeError, type PocketError, UrlTooLongError } from '../errors.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { isBodyLongerThan } from '../http/peek-body.ts'
import { requestContext } from '../http/request-context.ts'
import { maxCarriedLength } from './carried-interactions.ts'
import { isBrowserPath, protocolRoutes } from './paths.ts'

/** Bytes. Node accepts 16 kB of headers by default, which include cookies. */
export const maxQueryBytes = 12 * 1024

/** Bytes. Requests too large for a URL can be pushed (RFC 9126). */
export const maxFormBytes = 16 * 1024

/** The query parameter that contains all parameters, compressed, of a posted request that is too long for a query. */
export const compressedParameter = 'compressed_request'

/** Shows an error page for a browser request rejected before it reaches the library. */
export function createRefusalPage({ render, audit }: CoreContext) {
  return async (ctx: Context, endpoint: string, error: PocketError): Promise<void> => {
    const origin = requestContext(ctx.req)
    const { status, code, message, fields } = error
    const event = { event: 'request_refused', endpoint, code, reason: message } as const
    await recordRefusal(audit, { error, event, origin })
    setPageHeaders(ctx.res, 'to-clients')
    ctx.status = status
    ctx.type = 'html'
    ctx.body = await render(
      {
        view: 'error',
        status,
        code,
        description: message,
        details: {},
        fields,
        requestId: origin.requestId,
        retryAt: null,
      },
      ctx.req,
    )
  }
}

/**
 * Rejects oversized requests.
 *
 * @returns a function that responds to an oversized request; it resolves to `false` for other requests
 */
export function createSizeLimits(context: CoreContext) {
  const showRefusal = createRefusalPage(context)
  return async (ctx: Context): Promise<boolean> => {
    const error = await findSizeError(ctx)
    if (error === undefined) return false
    if (isBrowserPath(ctx.path)) {
      await showRefusal(ctx, ctx.path.startsWith(protocolRoutes.end_session) ? 'end_session' : 'authorization', error)
      return true
    }
    ctx.status = error.status
    ctx.set({ 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' })
    ctx.body = { error: 'invalid_request', error_description: error.message }
    return true
  }
}

async function findSizeError({ req, querystring, path }: Context): Promise<PocketError | undefined> {
  // The URL of a resumed authorization may carry the interaction.
  const isResumed = path.startsWith(`${protocolRoutes.authorization}/`)
  const max = querystring.startsWith(`${compressedParameter}=`) ? maxCarriedLength : maxQueryBytes
  if (querystring.length > max && !isResumed)
    return new UrlTooLongError('payload_too_large', 'The query of the URL is too long.', {
      details: { limit: String(maxQueryBytes) },
    })
  // The library limits registration bodies, and the number of self-registered clients is limited.
  if (path.startsWith(protocolRoutes.registration) || !(await isBodyLongerThan(req, maxFormBytes))) return undefined
  return new PayloadTooLargeError('payload_too_large', 'The body is too large.', {
    details: { limit: String(maxFormBytes) },
  })
}
