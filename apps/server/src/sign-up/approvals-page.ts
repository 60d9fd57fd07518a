import { NotFoundError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { noticeOf } from '../http/flash.ts'
import { formText } from '../http/form.ts'
import { readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { maxNoteLength, normalizeNote } from './approvals.ts'
import type { SignUpPageDeps } from './page-deps.ts'

const pagePath = '/settings/admin/approvals'
const definition = { path: pagePath, columns: [], sort: { column: 'requestedAt', descending: false } }
const notices = ['approved', 'refused', 'gone'] as const

export function approvalsPages(deps: SignUpPageDeps): readonly PageRoute[] {
  const { approvals, signUpSettings, mail, directory, show, flashes, secure } = deps
  const pages = {
    async show(ctx: Context, user: User) {
      const viewer = viewerOf(user)
      const { request, view } = readListPage(ctx, definition, secure)
      const [{ items, total }, { approval, verification, mode }] = await Promise.all([
        approvals.page(request),
        signUpSettings(),
      ])
      await show(ctx, {
        view: 'approvals',
        viewer,
        isApprovalRequired: (approval || verification) && mode !== 'disabled',
        maxNoteLength,
        waiting: await Promise.all(
          items.map(async ({ user, requestedAt, awaitsAdministrator }) => ({
            id: user.id,
            userName: user.userName,
            displayName: user.displayName,
            email: user.email,
            emailVerified: user.emailVerified,
            reached: await mail.reaches(user),
            requestedAt,
            awaitsAdministrator,
          })),
        ),
        list: view(total),
        notice: noticeOf(notices, flashes.consume(ctx, pagePath)),
      })
    },

    async decide(ctx: Context, user: User) {
      const actor = pageActor(user, ctx)
      const id = String(ctx.params.id)
      const note = normalizeNote(formText(ctx, 'note', maxNoteLength))
      const isApproval = formText(ctx, 'decision') === 'approve'
      const name = (await directory.find(id))?.displayName ?? ''
      try {
        await (isApproval ? approvals.approve(actor, id, note) : approvals.reject(actor, id, note))
        flashes.set(ctx, pagePath, { done: isApproval ? 'approved' : 'refused', name })
      } catch (error) {
        // Another administrator decided first.
        if (!(error instanceof NotFoundError)) throw error
        flashes.set(ctx, pagePath, { done: 'gone', name })
      }
      seeOther(ctx, pagePath)
    },
  }

  return [route.get('/settings/admin/approvals', pages.show), route.post('/settings/admin/approvals/:id', pages.decide)]
}
