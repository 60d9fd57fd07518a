import type { Context } from 'koa'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import { PocketError } from '../errors.ts'
import { readForm } from '../http/body.ts'
import { pageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import type { RenderView } from '../interactions/views.ts'
import { protocolRoutes } from './paths.ts'

const endpoints: ReadonlyMap<string, 'authorization' | 'end_session'> = new Map([
  [protocolRoutes.authorization, 'authorization'],
  [protocolRoutes.end_session, 'end_session'],
])

/** Bytes. Servers and proxies take addresses of about this length; a longer request can be pushed (RFC 9126). */
const longestQuery = 8_000

export interface PostedRequestPorts {
  readonly issuer: string
  readonly render: RenderView
  readonly audit: AuditSink
}

/**
 * Makes a request that a client's page posts (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2) into one that the
 * browser gets: a browser sends our cookies with no form of another site, but with the redirect that follows it.
 *
 * @returns answers such a request; `false` where it is none
 */
export function createPostedRequests({ issuer, render, audit }: PostedRequestPorts) {
  const refuse = async (ctx: Context, endpoint: 'authorization' | 'end_session', error: PocketError) => {
    const origin = requestContext(ctx.req)
    const { status, code, message, fields } = error
    const event = { event: 'request_refused', endpoint, code, reason: message } as const
    await recordRefusal(audit, { error, event, origin })
    pageHeaders(ctx.res, 'to-clients')
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

  return async (ctx: Context): Promise<boolean> => {
    const endpoint = ctx.method === 'POST' ? endpoints.get(ctx.path) : undefined
    if (endpoint === undefined) return false
    try {
      const query = (await readForm(ctx.req, longestQuery)).toString()
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
