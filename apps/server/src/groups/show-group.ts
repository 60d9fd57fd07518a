import type { Clients } from '@pocket/core'
import type { Directory, GroupDetails, User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Flashes } from '../http/flash.ts'
import type { ShowPage } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { groupValidator } from '../users/validators.ts'
import { type GroupPage, groupNotices } from './page-model.ts'

export const groupsPath = '/settings/admin/user-groups'

export function groupPath(id: string): string {
  return `${groupsPath}/${encodeURIComponent(id)}`
}

export interface ShowGroupPorts {
  readonly clients: Pick<Clients, 'list'>
  readonly directory: Directory
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** What a page shows beside what is stored: what was typed and refused. */
export type Typed = Partial<
  Pick<GroupPage, 'values' | 'problems' | 'conflict' | 'claims' | 'claimsProblem' | 'memberProblem'>
>

/** Shows the page of a group. */
export type ShowGroup = (ctx: Context, viewer: User, group: GroupDetails, typed?: Typed) => Promise<void>

/** How many members the page shows; the others are found by their names. */
const most = 100

export function createShowGroup({ clients, directory, show, flashes }: ShowGroupPorts): ShowGroup {
  return async (ctx, viewer, group, typed = {}) => {
    const { id, name, friendlyName, createdAt } = group
    const memberSearch = String([ctx.query.member ?? ''].flat()[0] ?? '').slice(0, 200)
    const wanted = memberSearch.trim().toLowerCase()
    const ends = new Map((await directory.groups.memberships(id)).map(({ userId, endsAt }) => [userId, endsAt]))
    const found = group.members.filter(
      ({ userName, displayName }) => wanted === '' || `${userName}\n${displayName}`.toLowerCase().includes(wanted),
    )
    const { done } = flashes.take(ctx, groupPath(id))
    await show(ctx, {
      view: 'group',
      viewer: viewerOf(viewer),
      group: { id, name, friendlyName, createdAt },
      values: { name, friendlyName },
      problems: [],
      version: groupValidator(group),
      conflict: null,
      members: found.slice(0, most).map((member) => ({
        id: member.id,
        userName: member.userName,
        displayName: member.displayName,
        endsAt: ends.get(member.id) ?? null,
      })),
      memberCount: group.members.length,
      memberSearch,
      memberProblem: null,
      claims: group.claims,
      claimsProblem: null,
      claimKeys: await directory.claims.suggestions(),
      clients: (await clients.list())
        .filter(({ isGroupRestricted }) => isGroupRestricted)
        .map((client) => ({ id: client.id, name: client.name, chosen: client.allowedGroupIds.includes(id) })),
      notice: groupNotices.find((notice) => notice === done) ?? null,
      removal: groupRemoval(group),
      ...typed,
    })
  }
}

/** What is asked before a group is deleted. */
export function groupRemoval({ id, friendlyName }: Pick<GroupDetails, 'id' | 'friendlyName'>): Confirmation {
  return {
    act: 'groups.delete',
    names: [friendlyName],
    count: 1,
    submitTo: `${groupPath(id)}/remove`,
    fields: [],
    isDangerous: true,
  }
}
