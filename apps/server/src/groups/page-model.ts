import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { BulkNotice } from '../http/bulk.ts'
import type { Choice } from '../http/choices.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'

/** `/settings/admin/user-groups`. */
export interface GroupsPage {
  readonly view: 'groups'
  readonly viewer: Viewer
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
}

/** `/settings/admin/user-groups/new`. Its form posts to the same path. */
export interface GroupNewPage {
  readonly view: 'group-new'
  readonly viewer: Viewer
  readonly values: GroupFormValues
  readonly problems: readonly FieldError[]
}

export const groupNotices = [
  'created',
  'saved',
  'claims_saved',
  'clients_saved',
  'member_added',
  'member_removed',
  'end_saved',
] as const

/** `/settings/admin/user-groups/ID`. Its forms post to paths below it. */
export interface GroupPage {
  readonly view: 'group'
  readonly viewer: Viewer
  readonly group: {
    readonly id: string
    readonly name: string
    readonly friendlyName: string
    readonly createdAt: number
    readonly isFromLdap: boolean
    /** Whether it is managed by LDAP, which determines its names and members. */
    readonly isDecidedByLdap: boolean
  }
  readonly values: GroupFormValues
  readonly problems: readonly FieldError[]
  readonly version: string
  readonly conflict: readonly Difference[] | null
  /** Search and paging of the members. */
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
  /** Users that match the input for adding a member, and the end date of the membership: a day, or empty. */
  readonly adding: {
    readonly typed: string
    readonly endsAt: string
    /** The matches shown. */
    readonly found: readonly { readonly id: string; readonly userName: string; readonly displayName: string }[]
    readonly more: number
  } | null
  /** A rejected end date: the user and the submitted day. */
  readonly ending: { readonly userId: string; readonly endsAt: string } | null
  /** A rejected addition: the input and the error code. */
  readonly memberProblem: { readonly typed: string; readonly code: string } | null
  readonly claims: readonly CustomClaim[]
  readonly claimsProblem: string | null
  readonly claimKeys: readonly string[]
  /** Restricted clients, up to the display limit. */
  readonly clients: readonly Choice[]
  /** The version that the client selection is based on. */
  readonly clientsVersion: string
  /** Number of restricted clients not shown. */
  readonly moreClients: number
  readonly notice: (typeof groupNotices)[number] | null
  readonly removal: Confirmation
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'group-new': GroupNewPage
    readonly group: GroupPage
    readonly groups: GroupsPage
  }
}
