import type { Context } from 'koa'
import { PocketError } from '../errors.ts'
import { readForm } from '../http/body.ts'
import { pageHeaders } from '../http/page-headers.ts'
import { protocolRoutes } from './paths.ts'
import { createRefusalPage, maxQueryBytes, type RefusalPorts } from './request-sizes.ts'

const endpoints: ReadonlyMap<string, 'authorization' | 'end_session'> = new Map([
  [protocolRoutes.authorization, 'authorization'],
  [protocolRoutes.end_session, 'end_session'],
])

export interface PostedRequestPorts extends RefusalPorts {
  readonly issuer: string
}

/**
 * Makes a request that a client's page posts (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2) into one that the
 * browser gets: a browser sends our cookies with no form of another site, but with the redirect that follows it.
 *
 * @returns answers such a request; `false` where it is none
 */
export function createPostedRequests({ issuer, render, audit }: PostedRequestPorts) {
  const refuse = createRefusalPage({ render, audit })

  return async (ctx: Context): Promise<boolean> => {
    const endpoint = ctx.method === 'POST' ? endpoints.get(ctx.path) : undefined
    if (endpoint === undefined) return false
    try {
      const query = (await readForm(ctx.req, maxQueryBytes)).toString()
      pageHeaders(ctx.res, 'to-clients')
      ctx.status = 303
      ctx.redirect(`${issuer}${ctx.path}${query && '?'}${query}`)
    } catch (error) {
      if (!(error instanceof PocketError)) throw error
      await refuse(ctx, endpoint, error)
    }
    return true
  }
}
