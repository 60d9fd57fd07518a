import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { applyToEach, type BulkNotice } from '../http/bulk.ts'
import { offeredGroups } from '../http/choices.ts'
import { formText, formTexts } from '../http/form.ts'
import { listReturnUrl } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { UserPageDeps } from './deps.ts'

/** As many as fit into the cookie of the notice. */
const maxUndoItems = 25
const inverseActions = { enable: 'disable', disable: 'enable' } as const
const bulkActions = ['enable', 'disable', 'add-to-group', 'delete'] as const

/** `/settings/admin/users/bulk`: bulk actions for users, after confirmation. */
export function userBulkPages(deps: UserPageDeps) {
  const { directory, users, authentication, reauthentication, show, flashes } = deps

  const findSelectedUsers = async (ctx: Context): Promise<readonly User[]> => {
    const matches = await Promise.all(
      formTexts(ctx, 'ids')
        .slice(0, 100)
        .map((id) => directory.find(id)),
    )
    return matches.filter((user) => user !== undefined)
  }
  const runAction = async (
    ctx: Context,
    viewer: User,
    action: (typeof bulkActions)[number],
    selectedUsers: readonly User[],
  ): Promise<BulkNotice> => {
    const actor = pageActor(viewer, ctx)
    const items = selectedUsers.map(({ id, displayName }) => ({ id, name: displayName }))
    const groupId = formText(ctx, 'group', 100)
    // Reading and writing are exclusive, so that no concurrent change is lost.
    const addToGroup = (id: string) =>
      directory.withLock(async () => {
        const { groups } = await users.find(id)
        return users.setGroups(actor, id, [...groups.map((group) => group.id), groupId])
      })
    if (action === 'delete') return applyToEach(action, items, ({ id }) => users.remove(actor, id))
    if (action === 'add-to-group') return applyToEach(action, items, ({ id }) => addToGroup(id))
    const isDisabling = action === 'disable'
    const before = new Map(selectedUsers.map(({ id, disabled }) => [id, disabled]))
    const changed: string[] = []
    const notice = await applyToEach(action, items, async ({ id }) => {
      await users.setDisabled(actor, id, isDisabling)
      if (before.get(id) !== isDisabling) changed.push(id)
    })
    // Only changed users can be reverted: a user who was disabled before stays disabled.
    if (changed.length === 0 || changed.length > maxUndoItems) return notice
    return { ...notice, undo: { act: inverseActions[action], ids: changed } }
  }

  return {
    async bulk(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const listUrl = listReturnUrl(usersPath, formText(ctx, 'list', 2000))
      const action = bulkActions.find((candidate) => candidate === formText(ctx, 'act', 20))
      const selectedUsers = await findSelectedUsers(ctx)
      const finish = async () => {
        if (action) flashes.set(ctx, usersPath, await runAction(ctx, viewer, action, selectedUsers))
        seeOther(ctx, listUrl)
      }
      if (action === undefined || selectedUsers.length === 0) {
        flashes.set(ctx, usersPath, { done: 'nothing', count: 0, refused: [] })
        return seeOther(ctx, listUrl)
      }
      if (formText(ctx, 'confirmed', 3) === 'yes')
        return selectedUsers.some(({ administrator }) => administrator)
          ? reauthentication.when('administrator', finish)(ctx)
          : finish()
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(viewer),
        within: 'users',
        confirmation: {
          act: `users.${action}`,
          names: selectedUsers.map(({ displayName }) => displayName),
          count: selectedUsers.length,
          submitTo: `${usersPath}/bulk`,
          fields: [
            { name: 'act', value: action },
            { name: 'list', value: formText(ctx, 'list', 2000) },
            ...selectedUsers.map(({ id }) => ({ name: 'ids', value: id })),
          ],
          ...(action === 'add-to-group' && {
            choice: {
              name: 'group',
              options: (await offeredGroups(directory.groups)).items.map(({ id, friendlyName }) => ({
                value: id,
                label: friendlyName,
              })),
            },
          }),
          isDangerous: action === 'delete' || action === 'disable',
        },
        cancelTo: listUrl,
      })
    },
  }
}
