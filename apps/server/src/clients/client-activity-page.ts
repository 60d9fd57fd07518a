import type { Client } from '@pocket/core'
import { notAllowedReason, redirectUriAllowed } from '@pocket/core/internal'
import { auditLine } from '../audit-log/audit-line.ts'
import { createAuditSubjects } from '../audit-log/subjects.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { clientTab } from './client-head.ts'
import type { ClientPageContext } from './client-page-context.ts'
import type { AttemptWithUser } from './connection-log.ts'
import type { ConnectionAttemptItem } from './page-model.ts'
import { isAcceptable } from './redirect-uri-remedy.ts'

const latest = { page: 1, limit: 10, sort: null }

export function clientActivityPages(context: ClientPageContext): readonly PageRoute[] {
  const { auditLog, redirectUriPolicy, path, show, getClient } = context
  const auditSubjects = createAuditSubjects(context)

  const remedyOf = (attempt: AttemptWithUser, { redirectUris }: Client): ConnectionAttemptItem['remedy'] => {
    const { error, reason, redirectUri, accountId } = attempt
    if (error === 'access_denied' && reason?.startsWith(notAllowedReason) && accountId !== null)
      return { kind: 'access', userId: accountId }
    if (error !== 'invalid_redirect_uri' || redirectUri === null) return null
    if (redirectUriAllowed(redirectUris, redirectUri, redirectUriPolicy)) return { kind: 'registered' }
    return isAcceptable(redirectUri, redirectUriPolicy) ? { kind: 'register', redirectUri } : null
  }

  const listEvents = async (clientId: string) => {
    const query = { accountId: null, from: null, to: null, filters: { clientID: [clientId] }, search: '' }
    const { items } = await auditLog.list(query, latest)
    const known = await auditSubjects.load(items)
    return items.map((entry) => auditLine(entry, 'all', known))
  }

  return [
    route.get(`${path}/:id/activity`, async (ctx, user) => {
      const client = await getClient(ctx)
      const { shared, attempts } = await clientTab(context, ctx, user, client, '/activity')
      const onlyFailed = ctx.query.failed !== undefined
      await show(ctx, {
        view: 'client-activity',
        ...shared,
        onlyFailed,
        attempts: attempts
          .filter(({ succeeded }) => !(onlyFailed && succeeded))
          .map((attempt) => ({ ...attempt, remedy: remedyOf(attempt, client) })),
        events: await listEvents(client.id),
      })
    }),
  ]
}
