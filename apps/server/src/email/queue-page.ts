import { bulkNotice } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import type { PageDeps } from '../http/deps.ts'
import { type ListPageDefinition, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { viewerOf } from '../http/viewer.ts'
import { type Email, emailKinds, stateOf } from './email.ts'
import type { Mail } from './email-service.ts'
import type { EmailItem } from './page-model.ts'
import { smtpProblemOf } from './smtp-problem.ts'

const emailsPath = '/settings/admin/emails'

const list: ListPageDefinition = {
  path: emailsPath,
  columns: [
    { name: 'recipient', sort: 'recipient' },
    { name: 'state' },
    { name: 'created', sort: 'createdAt', choice: 'shown' },
    { name: 'sent', sort: 'sentAt', choice: 'hidden' },
    { name: 'kind', sort: 'kind', choice: 'shown' },
    { name: 'attempts', sort: 'attempts', choice: 'hidden' },
  ],
  filters: { state: ['waiting', 'sent', 'failed'], kind: emailKinds },
  sort: { column: 'createdAt', descending: true },
}

export function emailQueuePages(deps: PageDeps & { readonly mail: Mail }): readonly PageRoute[] {
  const { show, flashes, secure } = deps
  const { queue } = deps.mail
  const failed = { page: 1, limit: 1, sort: null, search: '', filters: { state: ['failed'] } }

  return [
    route.get(emailsPath, async (ctx, user) => {
      const viewer = viewerOf(user)
      const listPage = readListPage(ctx, list, secure)
      const { items, total } = await queue.list(listPage.request)
      await show(ctx, {
        view: 'emails',
        viewer,
        list: listPage.view(total),
        emails: items.map(emailItem),
        failed: (await queue.list(failed)).total,
        notice: bulkNotice(flashes.consume(ctx, emailsPath)),
      })
    }),
    route.post(`${emailsPath}/bulk`, async (ctx, viewer) => {
      await runBulkAction(
        ctx,
        {
          ...{ viewer, path: emailsPath, within: 'emails', asks: 'emails.retry', act: 'retry', isImmediate: true },
          async find(ids) {
            const emails = await Promise.all(ids.map((id) => queue.find(id)))
            return emails.flatMap((email) => (email ? [{ id: email.id, name: email.recipient }] : []))
          },
          work: ({ id }) => queue.retry(id),
        },
        { show, flashes },
      )
    }),
  ]
}

function emailItem(email: Email): EmailItem {
  const { id, kind, recipient, attempts, lastError, nextAttemptAt, createdAt, sentAt } = email
  const problem = smtpProblemOf(lastError)
  return { id, kind, recipient, state: stateOf(email), attempts, lastError, problem, nextAttemptAt, createdAt, sentAt }
}
