import type { Group, GroupWithClaims, User } from '@pocket/directory'
import type { Context } from 'koa'
import { allowedValidator } from '../clients/administration.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import { readListPage } from '../http/list-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { groupRecordValidator, membershipValidator } from '../users/validators.ts'
import { clientChoices } from './client-choices.ts'
import type { GroupPageDeps } from './deps.ts'
import { type GroupPage, groupNotices } from './page-model.ts'

export const groupsPath = '/settings/admin/user-groups'

export function groupPath(id: string): string {
  return `${groupsPath}/${encodeURIComponent(id)}`
}

/** Page state in addition to the stored data: rejected input. */
export type GroupPageOverrides = Partial<
  Pick<
    GroupPage,
    'values' | 'problems' | 'conflict' | 'claims' | 'claimsProblem' | 'memberProblem' | 'adding' | 'ending' | 'clients'
  >
>

/** Shows the page of a group. */
export type ShowGroup = (
  ctx: Context,
  viewer: User,
  group: GroupWithClaims,
  overrides?: GroupPageOverrides,
) => Promise<void>

/** Shared dependencies of the pages of groups. */
export interface GroupPageContext extends GroupPageDeps {
  readonly showGroup: ShowGroup
  readonly redirectWithNotice: (ctx: Context, id: string, notice: (typeof groupNotices)[number]) => void
}

const columns = [{ name: 'userName', sort: 'username' }]
const sort = { column: 'username', descending: false }

export function createShowGroup({ pocket, directory, groups, show, flashes, secure }: GroupPageDeps): ShowGroup {
  const { clients } = pocket
  return async (ctx, viewer, group, overrides = {}) => {
    const { id, name, friendlyName, createdAt } = group
    const { request, view } = readListPage(ctx, { path: groupPath(id), columns, sort }, secure)
    const { items, total, memberCount } = await directory.groups.members(id, request)
    const allowed = (await clients.allowedTo(id)).map((client) => client.id)
    const { choices, remainingCount } = await clientChoices(clients, id)
    const { done } = flashes.consume(ctx, groupPath(id))
    await show(ctx, {
      view: 'group',
      viewer: viewerOf(viewer),
      group: {
        id,
        name,
        friendlyName,
        createdAt,
        isFromLdap: group.ldapId !== null,
        isDecidedByLdap: await groups.isManagedByLdap(group),
      },
      values: { name, friendlyName },
      problems: [],
      version: groupRecordValidator(group),
      conflict: null,
      list: view(total),
      members: items.map((member) => ({
        id: member.id,
        userName: member.userName,
        displayName: member.displayName,
        endsAt: member.endsAt,
        version: membershipValidator({ groupId: id, userId: member.id, endsAt: member.endsAt }),
      })),
      memberCount,
      memberProblem: null,
      adding: null,
      ending: null,
      claims: group.claims,
      claimsProblem: null,
      claimKeys: await directory.claims.suggestKeys(),
      clients: choices,
      clientsVersion: allowedValidator(allowed),
      moreClients: remainingCount,
      notice: groupNotices.find((notice) => notice === done) ?? null,
      removal: groupRemovalConfirmation(group),
      ...overrides,
    })
  }
}

/** The confirmation before a group is deleted. */
export function groupRemovalConfirmation({ id, friendlyName }: Pick<Group, 'id' | 'friendlyName'>): Confirmation {
  return {
    act: 'groups.delete',
    names: [friendlyName],
    count: 1,
    submitTo: `${groupPath(id)}/remove`,
    fields: [],
    isDangerous: true,
  }
}
