import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { allChanged } from '../http/bulk.ts'
import { pickedGroups } from '../http/choices.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { userPath, usersPath } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { isEmailRequired } from '../settings/required-email.ts'
import { claimsRefusal, readClaims } from '../users/claims-form.ts'
import { userBulkPages } from './bulk-page.ts'
import type { UserPageDeps } from './deps.ts'
import { userListPages } from './list-page.ts'
import type { UserFormValues, UserNewPage, UserTab } from './page-model.ts'
import { createShowUser, type UserPageContext, userRemovalConfirmation, userTabPath } from './show-user.ts'
import { userAccessPages } from './user-access-page.ts'
import { emptyUser, storedValues, toComparable, userFormBody, userFormValues } from './user-form.ts'
import { userRelationsPages } from './user-relations-page.ts'

export function userPages(deps: UserPageDeps): readonly PageRoute[] {
  const { directory, users, settings, reauthentication, show, flashes } = deps
  const showUser = createShowUser(deps)
  const redirectWithNotice: UserPageContext['redirectWithNotice'] = (ctx, id, notice, tab, name) => {
    flashes.set(ctx, userTabPath(id, tab), { done: notice, name })
    seeOther(ctx, userTabPath(id, tab))
  }
  const context = { ...deps, showUser, redirectWithNotice }
  const nameOf = (user: User) => user.displayName || user.userName
  const showLockedOut = (ctx: Context, user: User, act: 'disable' | 'delete') =>
    show(ctx, { view: 'locked-out', list: 'users', notice: allChanged(act, [nameOf(user)]) })
  const reauthenticateIf = (isProtected: boolean, handler: (ctx: Context) => Promise<void>) =>
    isProtected ? reauthentication.when('administrator', handler) : handler
  const showNew = async (
    ctx: Context,
    viewer: User,
    overrides: Partial<Pick<UserNewPage, 'values' | 'problems' | 'problem'>> & {
      readonly selectedGroupIds?: readonly string[]
    },
  ) => {
    const { selectedGroupIds = [], ...pageValues } = overrides
    await show(ctx, {
      view: 'user-new',
      viewer: viewerOf(viewer),
      values: emptyUser,
      emailRequired: isEmailRequired(await settings.lastKnown()),
      problems: [],
      problem: null,
      groups: pickedGroups(await directory.groups.list(selectedGroupIds)),
      ...pageValues,
    })
  }
  const save = async (ctx: Context, viewer: User, before: UserDetails, values: UserFormValues) => {
    const { id } = before
    const actor = { ...pageActor(viewer, ctx), ...submittedVersion(ctx) }
    const claims = readClaims(ctx)
    // LDAP determines the names of its users.
    const change = async () =>
      (await users.isManagedByLdap(before))
        ? users.setAdministrator(actor, id, values.isAdmin)
        : users.update(actor, id, userFormBody(values, before))
    const refusal = await runFormAction(() =>
      directory.withLock(async () => {
        await change()
        if (claims) await users.setClaims(pageActor(viewer, ctx), id, claims)
      }),
    )
    if (!refusal) return redirectWithNotice(ctx, id, 'saved', 'profile')
    const stored = refusal.isConflict ? await users.find(id) : before
    const conflict = refusal.isConflict ? differences(toComparable(storedValues(stored)), toComparable(values)) : null
    const { problem } = refusal
    await showUser(ctx, viewer, stored, 'profile', {
      ...{ values, problem, conflict, isRejected: true },
      ...claimsRefusal(refusal.problems, claims),
    })
    ctx.status = refusal.status
  }

  const pages = {
    ...userListPages(deps),
    ...userBulkPages(deps),
    ...userRelationsPages(context),
    ...userAccessPages(context),

    new: (ctx: Context, viewer: User) => showNew(ctx, viewer, {}),

    async create(ctx: Context, viewer: User) {
      const values = userFormValues(ctx)
      const createUser = async () => {
        const selectedGroupIds = formTexts(ctx, 'groups')
        let id = ''
        const refusal = await runFormAction(async () => {
          const body = { ...userFormBody(values), userGroupIds: [...selectedGroupIds] }
          id = (await users.create(pageActor(viewer, ctx), body)).id
        })
        // The user cannot sign in without the sign-in link of this page.
        if (!refusal) return redirectWithNotice(ctx, id, 'created', 'security')
        await showNew(ctx, viewer, { values, problems: refusal.problems, problem: refusal.problem, selectedGroupIds })
        ctx.status = refusal.status
      }
      await reauthenticateIf(values.isAdmin, createUser)(ctx)
    },

    show: (tab: UserTab) => async (ctx: Context, viewer: User) => {
      await showUser(ctx, viewer, await users.find(String(ctx.params.id)), tab)
    },

    async update(ctx: Context, viewer: User) {
      const before = await users.find(String(ctx.params.id))
      const values = userFormValues(ctx)
      await reauthenticateIf(before.administrator || values.isAdmin, () => save(ctx, viewer, before, values))(ctx)
    },

    async setDisabled(ctx: Context, viewer: User) {
      const user = await users.find(String(ctx.params.id))
      const disabled = !ctx.path.endsWith('/enable')
      await reauthenticateIf(user.administrator, async () => {
        const refusal = await runFormAction(() => users.setDisabled(pageActor(viewer, ctx), user.id, disabled))
        if (!refusal && disabled && user.id === viewer.id) return showLockedOut(ctx, user, 'disable')
        const returnTo = sameSitePath(formText(ctx, 'returnTo', 4000), '')
        if (!refusal && returnTo !== '') return seeOther(ctx, returnTo)
        if (!refusal) return redirectWithNotice(ctx, user.id, disabled ? 'disabled' : 'enabled', 'profile')
        await showUser(ctx, viewer, user, 'profile', { problem: refusal.problem ?? 'validation_failed' })
        ctx.status = refusal.status
      })(ctx)
    },

    /** The confirmation page, for browsers without dialogs. */
    async confirmRemoval(ctx: Context, viewer: User) {
      const user = await users.find(String(ctx.params.id))
      const confirmation = userRemovalConfirmation(user)
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(viewer),
        within: 'user',
        confirmation,
        cancelTo: userPath(user.id),
      })
    },

    async remove(ctx: Context, viewer: User) {
      const user = await users.find(String(ctx.params.id))
      await reauthenticateIf(user.administrator, async () => {
        const refusal = await runFormAction(() => users.remove(pageActor(viewer, ctx), user.id))
        if (refusal) {
          await showUser(ctx, viewer, user, 'profile', { problem: refusal.problem })
          ctx.status = refusal.status
          return
        }
        if (user.id === viewer.id) return showLockedOut(ctx, user, 'delete')
        flashes.set(ctx, usersPath, allChanged('delete', [nameOf(user)]))
        seeOther(ctx, usersPath)
      })(ctx)
    },
  }

  return [
    route.get('/settings/admin/users', pages.list),
    route.post('/settings/admin/users/bulk', pages.bulk),
    route.get('/settings/admin/users/new', pages.new),
    route.post('/settings/admin/users/new', pages.create),
    route.get('/settings/admin/users/:id', pages.show('profile')),
    route.get('/settings/admin/users/:id/access', pages.show('access')),
    route.get('/settings/admin/users/:id/security', pages.show('security')),
    route.get('/settings/admin/users/:id/activity', pages.show('activity')),
    route.post('/settings/admin/users/:id', pages.update),
    route.post('/settings/admin/users/:id/enable', pages.setDisabled),
    route.post('/settings/admin/users/:id/disable', pages.setDisabled),
    route.post('/settings/admin/users/:id/groups', pages.setGroups),
    route.get('/settings/admin/users/:id/picture', async (ctx) => seeOther(ctx, userPath(String(ctx.params.id)))),
    route.post('/settings/admin/users/:id/picture', pages.putPicture),
    route.post('/settings/admin/users/:id/picture/remove', pages.removePicture),
    route.post('/settings/admin/users/:id/passkeys/:passkeyId/remove', pages.removePasskey),
    route.post('/settings/admin/users/:id/recovery/stop', pages.stopRecovery),
    route.post('/settings/admin/users/:id/sign-in-link', pages.issueSignInLink),
    route.post('/settings/admin/users/:id/sign-in-link/send', pages.sendSignInLink),
    route.get('/settings/admin/users/:id/remove', pages.confirmRemoval),
    route.post('/settings/admin/users/:id/remove', pages.remove),
  ]
}
