import type { Group, GroupWithClaims, User } from '@pocket/directory'
import type { Context } from 'koa'
import { allowedValidator } from '../clients/administration.ts'
import { bulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import { type Confirmation, removalConfirmation } from '../http/confirm-page-model.ts'
import { noticeOf } from '../http/flash.ts'
import { type ListPageDefinition, readListPage } from '../http/list-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { GroupPageDeps } from './deps.ts'
import { type GroupPage, type GroupTab, groupNotices } from './page-model.ts'
import { groupRecordValidator, membershipValidator } from './validators.ts'

export const groupsPath = '/settings/admin/user-groups'

export function groupPath(id: string): string {
  return `${groupsPath}/${encodeURIComponent(id)}`
}

export function groupTabPath(id: string, tab: GroupTab): string {
  return tab === 'members' ? groupPath(id) : `${groupPath(id)}/${tab}`
}

/** Clients as a picker shows them. */
export function pickedClients(
  clients: readonly { readonly id: string; readonly name: string }[],
): readonly PickedItem[] {
  return clients.map(({ id, name }) => ({ id, name, detail: '' }))
}

/** Page state in addition to the stored data: rejected input. */
export type GroupPageOverrides = Partial<
  Pick<
    GroupPage,
    'values' | 'problems' | 'conflict' | 'claims' | 'claimsProblem' | 'memberProblem' | 'adding' | 'ending' | 'clients'
  >
>

export type ShowGroup = (
  ctx: Context,
  viewer: User,
  group: GroupWithClaims,
  tab: GroupTab,
  overrides?: GroupPageOverrides,
) => Promise<void>

/** Shared dependencies of the pages of groups. */
export interface GroupPageContext extends GroupPageDeps {
  readonly showGroup: ShowGroup
  /** `name` is that of the changed object, if it is not the subject of the page. */
  readonly redirectWithNotice: (
    ctx: Context,
    id: string,
    notice: (typeof groupNotices)[number],
    tab: GroupTab,
    name?: string,
  ) => void
}

export function memberList(id: string): ListPageDefinition {
  return {
    path: groupPath(id),
    columns: [{ name: 'name', sort: 'displayName' }, { name: 'endsAt' }],
    sort: { column: 'displayName', descending: false },
  }
}

const everyMember = { page: 1, limit: 1, sort: null, filters: {}, search: '' } as const

export function createShowGroup({ pocket, directory, groups, show, flashes, secure }: GroupPageDeps): ShowGroup {
  const { clients, passkeys } = pocket
  const countFewerThanTwoPasskeys = async (id: string) => {
    const excludedIds = await passkeys.accountIds('several')
    return (await directory.groups.members(id, { ...everyMember, excludedIds })).total
  }
  return async (ctx, viewer, group, tab, overrides = {}) => {
    const { id, name, friendlyName, requiresTwoPasskeys } = group
    const { request, view } = readListPage(ctx, memberList(id), secure)
    const { items, total, memberCount } =
      tab === 'members'
        ? await directory.groups.members(id, request)
        : { items: [], total: 0, memberCount: await directory.groups.countMembers(id) }
    const allowed = await clients.allowedTo(id)
    const flash = flashes.consume(ctx, groupTabPath(id, tab))
    const notice = noticeOf(groupNotices, flash, friendlyName)
    await show(ctx, {
      view: 'group',
      tab,
      viewer: viewerOf(viewer),
      group: {
        id,
        name,
        friendlyName,
        isFromLdap: group.ldapId !== null,
        isDecidedByLdap: await groups.isManagedByLdap(group),
      },
      values: { name, friendlyName, requiresTwoPasskeys },
      problems: [],
      version: groupRecordValidator(group),
      conflict: null,
      list: view(total, memberCount),
      members: items.map((member) => ({
        id: member.id,
        userName: member.userName,
        displayName: member.displayName,
        endsAt: member.endsAt,
        version: membershipValidator({ groupId: id, userId: member.id, endsAt: member.endsAt }),
      })),
      memberCount,
      fewerThanTwoPasskeys: tab === 'settings' ? await countFewerThanTwoPasskeys(id) : 0,
      memberProblem: null,
      adding: { users: [], endsAt: '' },
      ending: null,
      claims: group.claims,
      claimsProblem: null,
      claimKeys: tab === 'settings' ? await directory.claims.suggestKeys() : [],
      clients: pickedClients(allowed.filter(({ isGroupRestricted }) => isGroupRestricted)),
      clientsVersion: allowedValidator(allowed.map((client) => client.id)),
      notice,
      bulkNotice: notice === null ? bulkNotice(flash) : null,
      removal: groupRemovalConfirmation(group),
      ...overrides,
    })
  }
}

export function groupRemovalConfirmation({ id, friendlyName }: Pick<Group, 'id' | 'friendlyName'>): Confirmation {
  return removalConfirmation('groups.delete', friendlyName, `${groupPath(id)}/remove`)
}
