import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { BulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Notice } from '../http/flash.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'

/** `/settings/admin/user-groups`. */
export interface GroupsPage extends SignedInPage<'groups'> {
  readonly list: ListView
  readonly groups: readonly {
    readonly id: string
    readonly name: string
    readonly friendlyName: string
    readonly userCount: number
    readonly createdAt: number
  }[]
  /** Total number of groups, regardless of the search. */
  readonly totalCount: number
  readonly notice: BulkNotice | null
}

export interface GroupFormValues {
  readonly name: string
  readonly friendlyName: string
  readonly requiresTwoPasskeys: boolean
}

/** `/settings/admin/user-groups/new`. Its form posts to the same path. */
export interface GroupNewPage extends SignedInPage<'group-new'> {
  readonly values: GroupFormValues
  readonly problems: readonly FieldError[]
}

export const groupNotices = ['created', 'saved', 'clients_saved', 'member_removed', 'end_saved', 'unlinked'] as const

/** The pages of a group; `members` is the first one. */
export type GroupTab = 'members' | 'clients' | 'settings'

/** `/settings/admin/user-groups/ID`, `ID/clients` and `ID/settings`. Their forms post to paths below `ID`. */
export interface GroupPage extends SignedInPage<'group'> {
  readonly tab: GroupTab
  readonly group: {
    readonly id: string
    readonly name: string
    readonly friendlyName: string
    readonly isFromLdap: boolean
    /** Whether it is managed by LDAP, which determines its names and members. */
    readonly isDecidedByLdap: boolean
  }
  readonly values: GroupFormValues
  readonly problems: readonly FieldError[]
  readonly version: string
  readonly conflict: readonly Difference[] | null
  readonly list: ListView
  /** Members on this page, sorted by user name. `endsAt` in milliseconds since the Unix epoch. */
  readonly members: readonly {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly endsAt: number | null
    readonly version: string
  }[]
  readonly memberCount: number
  readonly fewerThanTwoPasskeys: number
  /** Users about to be added, and the end date of their memberships: a day, or empty. */
  readonly adding: { readonly users: readonly PickedItem[]; readonly endsAt: string }
  /** A rejected end date: the user and the submitted day. */
  readonly ending: { readonly userId: string; readonly endsAt: string } | null
  readonly memberProblem: string | null
  readonly claims: readonly CustomClaim[]
  readonly claimsProblem: string | null
  readonly claimKeys: readonly string[]
  /** The restricted clients that members may use. */
  readonly clients: readonly PickedItem[]
  readonly clientsVersion: string
  readonly notice: Notice<(typeof groupNotices)[number]> | null
  readonly bulkNotice: BulkNotice | null
  readonly removal: Confirmation
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'group-new': GroupNewPage
    readonly group: GroupPage
    readonly groups: GroupsPage
  }
}
