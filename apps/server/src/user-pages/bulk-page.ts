import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { type BulkAction, runBulkAction, submittedAct } from '../http/bulk-actions.ts'
import { listRequestOf } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import type { UserPageDeps } from './deps.ts'
import { createUserList } from './user-list.ts'

type Item = Pick<User, 'id' | 'administrator'> & { readonly name: string }
type Act = Pick<BulkAction<Item>, 'work' | 'choice' | 'isDangerous' | 'endsSessions' | 'undo'>

/** `/settings/admin/users/bulk`: bulk actions for users, after confirmation. */
export function userBulkPages(deps: UserPageDeps) {
  const { directory, users, sessions, reauthentication } = deps
  const userList = createUserList(deps)

  const toItem = ({ id, displayName, userName, administrator }: User): Item => ({
    ...{ id, administrator },
    name: displayName || userName,
  })
  const actsOf = (ctx: Context, viewer: User): Readonly<Record<string, Act>> => {
    const actor = pageActor(viewer, ctx)
    const setDisabled = (disabled: boolean): Act => ({
      work: ({ id }) => users.setDisabled(actor, id, disabled),
      isDangerous: disabled,
      endsSessions: disabled,
      undo: disabled ? 'enable' : 'disable',
    })
    // Reading and writing are exclusive, so that no concurrent change is lost.
    const changeGroups = (
      change: (before: readonly string[], chosen: readonly string[]) => readonly string[],
    ): Act => ({
      choice: { kind: 'groups' },
      work: ({ id }, chosen) =>
        directory.withLock(async () => {
          const { groups } = await users.find(id)
          const after = await users.setGroups(
            actor,
            id,
            change(
              groups.map((group) => group.id),
              chosen,
            ),
          )
          return after.groups.length !== groups.length
        }),
      isDangerous: false,
    })
    return {
      enable: setDisabled(false),
      disable: setDisabled(true),
      'add-to-group': changeGroups((before, chosen) => [...new Set([...before, ...chosen])]),
      'remove-from-group': changeGroups((before, chosen) => before.filter((id) => !chosen.includes(id))),
      'sign-out': {
        work: async ({ id }) => (await sessions.endOthers(actor, id, actor.origin.sessionUid ?? null)) > 0,
      },
      delete: { work: ({ id }) => users.remove(actor, id), endsSessions: true },
    }
  }

  return {
    async bulk(ctx: Context, viewer: User) {
      const name = submittedAct(ctx)
      const acts = actsOf(ctx, viewer)
      const act = Object.hasOwn(acts, name) ? acts[name] : undefined
      if (act === undefined) return seeOther(ctx, usersPath)
      await runBulkAction<Item>(
        ctx,
        {
          ...{ viewer, path: usersPath, within: 'users', asks: `users.${name}`, act: name, ...act },
          find: async (ids) => (await directory.findMany(ids)).map(toItem),
          async findMatching(query, limit) {
            const request = listRequestOf(await userList.definition(query), query)
            const { items, total } = await userList.page({ ...request, page: 1, limit })
            return { items: items.map(toItem), total }
          },
          protect: async (items, run) =>
            items.some(({ administrator }) => administrator) ? reauthentication.when('administrator', run) : run,
        },
        deps,
      )
    },
  }
}
