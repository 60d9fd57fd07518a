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
  'api',
  'api-access',
  'api-new',
  'apis',
  'apps',
  'approvals',
  'audit-log',
  'audit-log-all',
  'choose',
  'client-access',
  'client-activity',
  'client-choose',
  'client-settings',
  'client-scim',
  'clients',
  'confirm',
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

/** The secrets of pages that show one only in the response that created it. */
const secretsOf: { readonly [View in PageModel['view']]?: (page: Extract<PageModel, { view: View }>) => unknown } = {
  'api-keys': ({ notice }) => notice?.token,
  settings: ({ oidc }) => oidc?.newToken,
  user: ({ signInLink }) => signInLink,
}

function isSecretFree(page: PageModel): boolean {
  if (compressedViews.has(page.view)) return true
  // The cast is safe: the function belongs to the view of the page.
  const secretOf = secretsOf[page.view] as ((page: PageModel) => unknown) | undefined
  return secretOf !== undefined && (secretOf(page) ?? null) === null
}

const compressedRequests = new WeakSet<IncomingMessage>()

/** Compresses the response of a request if the page shown last is one that may be compressed. */
export function allowCompression(req: IncomingMessage, page: PageModel): void {
  if (isSecretFree(page)) compressedRequests.add(req)
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
