import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import compress from 'koa-compress'
import type { PageModel } from './page-models.ts'

/**
 * Pages that never show a secret, token, login code or key. The size of a compressed page reveals whether text that an
 * attacker chose, such as a search text, occurs in a secret of the page (BREACH).
 */
const compressedViews: ReadonlySet<PageModel['view']> = new Set([
  'account',
  'account-data',
  'account-security',
  'apis',
  'apps',
  'approvals',
  'audit-log',
  'audit-log-all',
  'choose',
  'client-activity',
  'client-choose',
  'client-settings',
  'clients',
  'signed-in-error',
  'emails',
  'error',
  'group',
  'group-new',
  'groups',
  'jobs',
  'not-allowed',
  'overview',
  'passkey-policy',
  'search',
  'sign-in',
  'signed-out',
  'user-new',
  'users',
])

const compressedRequests = new WeakSet<IncomingMessage>()

/** Compresses the response of a request if the page shown last is one that may be compressed. */
export function allowCompression(req: IncomingMessage, view: PageModel['view']): void {
  if (compressedViews.has(view)) compressedRequests.add(req)
  else compressedRequests.delete(req)
}

/** Compresses pages that `allowCompression` names, and nothing else. Static files are compressed when they are built. */
export function compressPages(): Middleware {
  const middleware = compress({ filter: () => false })
  return async (ctx, next) => {
    await next()
    if (!compressedRequests.has(ctx.req)) return
    await middleware(ctx, async () => {
      ctx.compress = true
    })
  }
}
