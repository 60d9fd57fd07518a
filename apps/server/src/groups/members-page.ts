import { InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import { formText } from '../http/form.ts'
import { differences, refusalOf, submittedVersion } from '../http/form-page.ts'
import type { GroupPageContext } from './show-group.ts'

/** Members of a group and their end dates. Members are changed one at a time, so the cost is independent of the group size. */
export function memberPages(context: GroupPageContext) {
  const { directory, users, groups, authentication, reauthentication, showGroup, redirectWithNotice } = context
  const reauthenticateIf = (isProtected: boolean, handler: (ctx: Context) => Promise<void>) =>
    isProtected ? reauthentication.when('administrator-members', handler) : handler

  /** Finds the selected user by ID, or the entered user by name. */
  const findSelectedUser = async (id: string, name: string) => {
    if (id !== '') return directory.find(id)
    return name === '' ? undefined : directory.findByName(name)
  }

  /** Reads and writes under one lock, so that a concurrent change of the user's groups is not lost. */
  const changeGroups = (actor: Actor, userId: string, change: (groupIds: readonly string[]) => readonly string[]) =>
    directory.withLock(async () => {
      const { groups: before } = await users.find(userId)
      await users.setGroups(actor, userId, change(before.map(({ id }) => id)))
    })

  const endDateDifferences = async (groupId: string, userId: string, entered: string) => {
    const membership = await directory.groups.membership(groupId, userId)
    return differences({ memberEnd: formatDay(membership?.endsAt ?? null) }, { memberEnd: entered })
  }

  return {
    async addMember(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const groupId = String(ctx.params.id)
      const group = await groups.find(groupId)
      const enteredName = formText(ctx, 'user', 300).trim()
      const user = await findSelectedUser(formText(ctx, 'userId', 50), enteredName)
      const refuse = async (code: string) => {
        await showGroup(ctx, viewer, group, { memberProblem: { typed: enteredName, code } })
        ctx.status = 400
      }
      if (!user) {
        if (enteredName === '') return refuse('required')
        const { items, total } = await directory.users.page({ ...suggestionRequest, search: enteredName })
        if (total === 0) return refuse('unknown')
        const newMember = {
          typed: enteredName,
          endsAt: formText(ctx, 'endsAt', 10),
          found: items,
          more: total - items.length,
        }
        return showGroup(ctx, viewer, group, { adding: newMember })
      }
      await reauthenticateIf(user.administrator, async () => {
        const actor = pageActor(viewer, ctx)
        const refusal = await refusalOf(async () => {
          const endsAt = parseEndDay(formText(ctx, 'endsAt', 10))
          await changeGroups(actor, user.id, (before) => [...before, groupId])
          if (endsAt !== null) await groups.setMembershipEnd(actor, { groupId, userId: user.id, endsAt })
        })
        await (refusal
          ? refuse(refusal.problems[0]?.code ?? 'invalid')
          : redirectWithNotice(ctx, groupId, 'member_added'))
      })(ctx)
    },

    async removeMember(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const groupId = String(ctx.params.id)
      const user = await users.find(String(ctx.params.userId))
      await reauthenticateIf(user.administrator, async () => {
        await changeGroups(pageActor(viewer, ctx), user.id, (before) => before.filter((id) => id !== groupId))
        redirectWithNotice(ctx, groupId, 'member_removed')
      })(ctx)
    },

    async setMemberEnd(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const groupId = String(ctx.params.id)
      const user = await users.find(String(ctx.params.userId))
      const userId = user.id
      await reauthenticateIf(user.administrator, async () => {
        const entered = formText(ctx, 'endsAt', 10)
        const actor = { ...pageActor(viewer, ctx), ...submittedVersion(ctx) }
        const refusal = await refusalOf(async () =>
          groups.setMembershipEnd(actor, { groupId, userId, endsAt: parseEndDay(entered) }),
        )
        if (!refusal) return redirectWithNotice(ctx, groupId, 'end_saved')
        const pageState = refusal.isConflict
          ? { conflict: await endDateDifferences(groupId, userId, entered) }
          : { memberProblem: { typed: '', code: 'end_has_passed' } }
        await showGroup(ctx, viewer, await groups.find(groupId), { ...pageState, ending: { userId, endsAt: entered } })
        ctx.status = refusal.status
      })(ctx)
    },
  }
}

/** Maximum number of suggested users. */
const suggestionRequest = { page: 1, limit: 8, sort: { column: 'username', descending: false }, filters: {} }

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
