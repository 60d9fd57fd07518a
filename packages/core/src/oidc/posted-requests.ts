import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Context } from 'koa'
import type { CoreContext } from '../context.ts'
import { PayloadTooLargeError, PocketError } from '../errors.ts'
import { readForm } from '../http/body.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { maxCarriedLength } from './carried-interactions.ts'
import { protocolRoutes } from './paths.ts'
import { compressedParameter, createRefusalPage, maxFormBytes, maxQueryBytes } from './request-sizes.ts'

const endpoints: ReadonlyMap<string, 'authorization' | 'end_session'> = new Map([
  [protocolRoutes.authorization, 'authorization'],
  [protocolRoutes.end_session, 'end_session'],
])

/**
 * Redirects a request posted by a client's page (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2) to a GET request.
 * Browsers omit our `SameSite` cookies from cross-site form posts, but send them with the redirect.
 *
 * @returns a function that responds to such a request; it resolves to `false` for other requests
 */
export function createPostedRequests(context: CoreContext) {
  const refuse = createRefusalPage(context)

  return async (ctx: Context): Promise<boolean> => {
    const endpoint = ctx.method === 'POST' ? endpoints.get(ctx.path) : undefined
    if (endpoint === undefined) return false
    try {
      const query = toQuery((await readForm(ctx.req, maxFormBytes)).toString())
      setPageHeaders(ctx.res, 'to-clients')
      ctx.status = 303
      ctx.redirect(`${context.issuer.id}${ctx.path}${query && '?'}${query}`)
    } catch (error) {
      if (!(error instanceof PocketError)) throw error
      await refuse(ctx, endpoint, error)
    }
    return true
  }
}

/** @throws {PayloadTooLargeError} `payload_too_large` */
function toQuery(form: string): string {
  if (form.length <= maxQueryBytes) return form
  const query = `${compressedParameter}=${deflateRawSync(form).toString('base64url')}`
  if (form.length <= maxFormBytes && query.length <= maxCarriedLength) return query
  throw new PayloadTooLargeError('payload_too_large', 'The body is too large.', {
    details: { limit: String(maxFormBytes) },
  })
}

/** Restores the query of a request to which a posted one was redirected. */
export function restorePostedRequest(ctx: Context): void {
  if (!endpoints.has(ctx.path) || !ctx.querystring.includes(compressedParameter)) return
  const { [compressedParameter]: compressed } = ctx.query
  if (typeof compressed !== 'string') return
  try {
    ctx.querystring = inflateRawSync(Buffer.from(compressed, 'base64url'), { maxOutputLength: maxFormBytes }).toString()
  } catch {
    // Handled as a request without the required parameters.
  }
}
