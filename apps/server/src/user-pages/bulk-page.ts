import type { Directory, User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { Authentication } from '../http/authentication.ts'
import { type BulkNotice, withEach } from '../http/bulk.ts'
import { offeredGroups } from '../http/choices.ts'
import type { Flashes } from '../http/flash.ts'
import { formText, formTexts } from '../http/form.ts'
import { backTo } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { UserAdministration } from '../users/user-administration.ts'

export interface UserBulkPorts {
  readonly directory: Directory
  readonly users: UserAdministration
  readonly authentication: Authentication
  readonly reauthentication: Pick<ReauthenticationPages, 'when'>
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** As many as fit into the cookie of the notice. */
const maxUndoItems = 25
const inverseActions = { enable: 'disable', disable: 'enable' } as const
const acts = ['enable', 'disable', 'add-to-group', 'delete'] as const

/** `/settings/admin/users/bulk`: bulk actions for users, after confirmation. */
export function userBulkPages(ports: UserBulkPorts) {
  const { directory, users, authentication, reauthentication, show, flashes } = ports

  const chosen = async (ctx: Context): Promise<readonly User[]> => {
    const found = await Promise.all(
      formTexts(ctx, 'ids')
        .slice(0, 100)
        .map((id) => directory.find(id)),
    )
    return found.filter((user) => user !== undefined)
  }
  const done = async (
    ctx: Context,
    actor: User,
    act: (typeof acts)[number],
    concerned: readonly User[],
  ): Promise<BulkNotice> => {
    const by = pageActor(actor, ctx)
    const named = concerned.map(({ id, displayName }) => ({ id, name: displayName }))
    const groupId = formText(ctx, 'group', 100)
    // Reading and writing are exclusive, so that no concurrent change is lost.
    const addToGroup = (id: string) =>
      directory.withLock(async () => {
        const { groups } = await users.find(id)
        return users.setGroups(by, id, [...groups.map((group) => group.id), groupId])
      })
    if (act === 'delete') return withEach(act, named, ({ id }) => users.remove(by, id))
    if (act === 'add-to-group') return withEach(act, named, ({ id }) => addToGroup(id))
    const isDisabling = act === 'disable'
    const before = new Map(concerned.map(({ id, disabled }) => [id, disabled]))
    const changed: string[] = []
    const notice = await withEach(act, named, async ({ id }) => {
      await users.setDisabled(by, id, isDisabling)
      if (before.get(id) !== isDisabling) changed.push(id)
    })
    // Only changed users can be reverted: a user who was disabled before stays disabled.
    if (changed.length === 0 || changed.length > maxUndoItems) return notice
    return { ...notice, undo: { act: inverseActions[act], ids: changed } }
  }

  return {
    async bulk(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const back = backTo(usersPath, formText(ctx, 'list', 2000))
      const act = acts.find((known) => known === formText(ctx, 'act', 20))
      const concerned = await chosen(ctx)
      const finish = async () => {
        if (act) flashes.leave(ctx, usersPath, await done(ctx, viewer, act, concerned))
        seeOther(ctx, back)
      }
      if (act === undefined || concerned.length === 0) {
        flashes.leave(ctx, usersPath, { done: 'nothing', count: 0, refused: [] })
        return seeOther(ctx, back)
      }
      if (formText(ctx, 'confirmed', 3) === 'yes')
        return concerned.some(({ administrator }) => administrator)
          ? reauthentication.when('administrator', finish)(ctx)
          : finish()
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(viewer),
        within: 'users',
        confirmation: {
          act: `users.${act}`,
          names: concerned.map(({ displayName }) => displayName),
          count: concerned.length,
          submitTo: `${usersPath}/bulk`,
          fields: [
            { name: 'act', value: act },
            { name: 'list', value: formText(ctx, 'list', 2000) },
            ...concerned.map(({ id }) => ({ name: 'ids', value: id })),
          ],
          ...(act === 'add-to-group' && {
            choice: {
              name: 'group',
              options: (await offeredGroups(directory.groups)).items.map(({ id, friendlyName }) => ({
                value: id,
                label: friendlyName,
              })),
            },
          }),
          isDangerous: act === 'delete' || act === 'disable',
        },
        cancelTo: back,
      })
    },
  }
}
