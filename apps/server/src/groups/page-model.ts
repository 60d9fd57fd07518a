import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice, GroupChoice } from '../users/page-model.ts'

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
  /** How many there are, whatever is looked for. */
  readonly everything: number
  readonly notice: BulkNotice | null
}

export interface GroupFormValues {
  readonly name: string
  readonly friendlyName: string
}

/** `/settings/admin/user-groups/new`. Its form is posted to the same address. */
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

/** `/settings/admin/user-groups/ID`. Its forms are posted below the same address. */
export interface GroupPage {
  readonly view: 'group'
  readonly viewer: Viewer
  readonly group: {
    readonly id: string
    readonly name: string
    readonly friendlyName: string
    readonly createdAt: number
    readonly isFromLdap: boolean
    /** Whether it comes from LDAP, which decides what it is called and who is in it. */
    readonly isDecidedByLdap: boolean
  }
  readonly values: GroupFormValues
  readonly problems: readonly FieldError[]
  readonly version: string
  readonly conflict: readonly Difference[] | null
  /** How the members are searched, and paged through. */
  readonly list: ListView
  /** By user name, those of the page. `endsAt` in milliseconds since the Unix epoch. */
  readonly members: readonly {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly endsAt: number | null
    readonly version: string
  }[]
  readonly memberCount: number
  /** Who can be meant by what was typed to add somebody, and until when they would be in the group: a day, or empty. */
  readonly adding: {
    readonly typed: string
    readonly endsAt: string
    /** As many as are shown. */
    readonly found: readonly { readonly id: string; readonly userName: string; readonly displayName: string }[]
    readonly more: number
  } | null
  /** A refused end of a membership: whose, and the day that was entered. */
  readonly ending: { readonly userId: string; readonly endsAt: string } | null
  /** A refused addition: what was typed, and why. */
  readonly memberProblem: { readonly typed: string; readonly code: string } | null
  readonly claims: readonly CustomClaim[]
  readonly claimsProblem: string | null
  readonly claimKeys: readonly string[]
  /** The clients that are restricted to groups, as many as are offered. */
  readonly clients: readonly GroupChoice[]
  /** What the choice of clients is based on. */
  readonly clientsVersion: string
  /** How many more of them there are. */
  readonly moreClients: number
  readonly notice: (typeof groupNotices)[number] | null
  readonly removal: Confirmation
}
