import { applyToEach, bulkNotice, nothingSelected, storeNotice } from '../http/bulk.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText, formTexts } from '../http/form.ts'
import { type ListPageDefinition, listReturnUrl, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
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
  const { authentication, show, flashes, secure } = deps
  const { queue } = deps.mail
  const failed = { page: 1, limit: 1, sort: null, search: '', filters: { state: ['failed'] } }

  return [
    route.get(emailsPath, async (ctx) => {
      const viewer = viewerOf(await authentication.requireUser(ctx))
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
    route.post(emailsPath, async (ctx) => {
      const selected = await Promise.all([...new Set(formTexts(ctx, 'ids'))].map((id) => queue.find(id)))
      const items = selected.flatMap((email) => (email ? [{ id: email.id, name: email.recipient }] : []))
      const notice =
        items.length === 0 ? nothingSelected : await applyToEach('retry', items, ({ id }) => queue.retry(id))
      storeNotice(flashes, ctx, emailsPath, notice)
      seeOther(ctx, listReturnUrl(emailsPath, formText(ctx, 'list', 1000)))
    }),
  ]
}

function emailItem(email: Email): EmailItem {
  const { id, kind, recipient, attempts, lastError, nextAttemptAt, createdAt, sentAt } = email
  const problem = smtpProblemOf(lastError)
  return { id, kind, recipient, state: stateOf(email), attempts, lastError, problem, nextAttemptAt, createdAt, sentAt }
}
