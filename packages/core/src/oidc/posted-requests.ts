import type { Context } from 'koa'
import type { CoreContext } from '../context.ts'
import { PocketError } from '../errors.ts'
import { readForm } from '../http/body.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { protocolRoutes } from './paths.ts'
import { createRefusalPage, maxQueryBytes } from './request-sizes.ts'

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
      const query = (await readForm(ctx.req, maxQueryBytes)).toString()
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
