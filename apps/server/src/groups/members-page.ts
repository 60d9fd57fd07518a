import { InvalidInputError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import { allChanged } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import { formText, formTexts } from '../http/form.ts'
import { differences, runFormAction, submittedVersion } from '../http/form-page.ts'
import { listRequestOf, listReturnUrl } from '../http/list-page.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { type GroupPageContext, groupPath, memberList } from './show-group.ts'

/** Members of a group and their end dates. The cost of a change is independent of the group size. */
export function memberPages(context: GroupPageContext) {
  const { directory, users, groups, reauthentication, show, flashes } = context
  const { showGroup, redirectWithNotice } = context
  const reauthenticateIf = (isProtected: boolean, handler: (ctx: Context) => Promise<void>) =>
    isProtected ? reauthentication.when('administrator-members', handler) : handler

  /** Reads and writes under one lock, so that a concurrent change of the user's groups is not lost. Returns whether it changed them. */
  const changeGroups = (actor: Actor, userId: string, change: (groupIds: readonly string[]) => readonly string[]) =>
    directory.withLock(async () => {
      const { groups: before } = await users.find(userId)
      const after = await users.setGroups(actor, userId, change(before.map(({ id }) => id)))
      return after.groups.length !== before.length
    })

  const endDateDifferences = async (groupId: string, userId: string, entered: string) => {
    const membership = await directory.groups.membership(groupId, userId)
    return differences({ memberEnd: formatDay(membership?.endsAt ?? null) }, { memberEnd: entered })
  }

  return {
    /** Adds the chosen users, all or none. */
    async addMembers(ctx: Context, viewer: User) {
      const groupId = String(ctx.params.id)
      const group = await groups.find(groupId)
      const entered = formText(ctx, 'endsAt', 10)
      const chosen = await directory.findMany([...new Set(formTexts(ctx, 'users'))])
      const refuse = async (code: string) => {
        const picked = chosen.map((user) => ({
          id: user.id,
          name: nameOf(user),
          detail: user.userName,
        }))
        await showGroup(ctx, viewer, group, 'members', {
          memberProblem: code,
          adding: { users: picked, endsAt: entered },
        })
        ctx.status = 400
      }
      if (chosen.length === 0) return refuse('required')
      await reauthenticateIf(
        chosen.some(({ administrator }) => administrator),
        async () => {
          const actor = pageActor(viewer, ctx)
          const changed: User[] = []
          const refusal = await runFormAction(() =>
            directory.withLock(async () => {
              const endsAt = parseEndDay(entered)
              for (const user of chosen) {
                const userId = user.id
                const isAdded = await changeGroups(actor, userId, (before) => [...new Set([...before, groupId])])
                if (endsAt !== null) await groups.setMembershipEnd(actor, { groupId, userId, endsAt })
                if (isAdded || endsAt !== null) changed.push(user)
              }
            }),
          )
          if (refusal) return refuse(refusal.problems[0]?.code ?? 'invalid')
          const returnTo = sameSitePath(formText(ctx, 'returnTo', 4000), '')
          if (returnTo !== '') return seeOther(ctx, returnTo)
          const unchanged = chosen.length - changed.length
          flashes.set(ctx, groupPath(groupId), { ...allChanged('add', changed.map(nameOf)), unchanged })
          seeOther(ctx, listReturnUrl(groupPath(groupId), formText(ctx, 'list', 2000)))
        },
      )(ctx)
    },

    async removeMember(ctx: Context, viewer: User) {
      const groupId = String(ctx.params.id)
      const user = await users.find(String(ctx.params.userId))
      await reauthenticateIf(user.administrator, async () => {
        await changeGroups(pageActor(viewer, ctx), user.id, (before) => before.filter((id) => id !== groupId))
        redirectWithNotice(ctx, groupId, 'member_removed', 'members', nameOf(user))
      })(ctx)
    },

    /** Removes several members, after confirmation. */
    async bulkMembers(ctx: Context, viewer: User) {
      const { id: groupId } = await groups.find(String(ctx.params.id))
      const toItem = (user: User) => ({ id: user.id, administrator: user.administrator, name: nameOf(user) })
      await runBulkAction(
        ctx,
        {
          ...{ viewer, path: groupPath(groupId), within: 'group', asks: 'groupMembers.remove', act: 'remove' },
          find: async (ids) => (await directory.findMany(ids)).map(toItem),
          async findMatching(query, limit) {
            const request = listRequestOf(memberList(groupId), query)
            const { items, total } = await directory.groups.members(groupId, { ...request, page: 1, limit })
            return { items: items.map(toItem), total }
          },
          work: ({ id }) =>
            changeGroups(pageActor(viewer, ctx), id, (before) => before.filter((each) => each !== groupId)),
          protect: async (items, run) =>
            items.some(({ administrator }) => administrator)
              ? reauthentication.when('administrator-members', run)
              : run,
        },
        { show, flashes },
      )
    },

    async setMemberEnd(ctx: Context, viewer: User) {
      const groupId = String(ctx.params.id)
      const user = await users.find(String(ctx.params.userId))
      const userId = user.id
      await reauthenticateIf(user.administrator, async () => {
        const entered = formText(ctx, 'endsAt', 10)
        const actor = { ...pageActor(viewer, ctx), ...submittedVersion(ctx) }
        const refusal = await runFormAction(async () =>
          groups.setMembershipEnd(actor, { groupId, userId, endsAt: parseEndDay(entered) }),
        )
        if (!refusal) return redirectWithNotice(ctx, groupId, 'end_saved', 'members', nameOf(user))
        const pageState = refusal.isConflict
          ? { conflict: await endDateDifferences(groupId, userId, entered) }
          : { memberProblem: 'end_has_passed' }
        await showGroup(ctx, viewer, await groups.find(groupId), 'members', {
          ...pageState,
          ending: { userId, endsAt: entered },
        })
        ctx.status = refusal.status
      })(ctx)
    },
  }
}

function nameOf({ displayName, userName }: User): string {
  return displayName || userName
}

function formatDay(timestamp: number | null): string {
  return timestamp === null ? '' : new Date(timestamp).toISOString().slice(0, 10)
}

/** The last instant of a day in UTC; `null` if empty. @throws {InvalidInputError} `validation_failed` if the day is invalid */
function parseEndDay(day: string): number | null {
  if (day === '') return null
  const end = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T23:59:59.999Z`) : Number.NaN
  if (!Number.isNaN(end) && end > Date.now()) return end
  throw new InvalidInputError('validation_failed', 'The day is invalid or has passed.', {
    fields: [{ field: 'endsAt', code: 'end_has_passed', message: 'must be a day in the future' }],
  })
}
