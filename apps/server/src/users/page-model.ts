import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { PasskeyItem } from '../account/page-model.ts'
import type { AuditLine } from '../audit-log/page-model.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { SessionLine } from '../sessions/page-model.ts'
import type { RemovalNote } from '../webauthn/page-model.ts'

/** A user as the list shows them. Instants are milliseconds since the Unix epoch. */
export interface UserItem {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  readonly email: string | null
  readonly administrator: boolean
  readonly disabled: boolean
  readonly isFromLdap: boolean
  /** What people call the groups. */
  readonly groups: readonly string[]
  readonly passkeys: number
  /** Whether there is one passkey, on one device. */
  readonly withSingleDevicePasskey: boolean
  /** When a passkey was last used. */
  readonly lastUsedAt: number | null
  readonly createdAt: number
  /** The address of their own picture. */
  readonly picture: string | null
}

/** What became of something that was done with several. */
export interface BulkNotice {
  readonly done: string
  readonly count: number
  /** Those with whom it was not done, and the code of the error that says why. */
  readonly refused: readonly { readonly name: string; readonly code: string }[]
  /** What takes it back, and of whom; there where it can be. */
  readonly undo?: { readonly act: string; readonly ids: readonly string[] }
}

/** `/settings/admin/users`. */
export interface UsersPage {
  readonly view: 'users'
  readonly viewer: Viewer
  readonly list: ListView
  readonly users: readonly UserItem[]
  /** How many are not disabled. */
  readonly enabled: number
  /** `null` where the list is searched, filtered or paged through: it is not counted then. */
  readonly withSingleDevicePasskey: number | null
  readonly notice: BulkNotice | null
}

/** What the form of a user holds: what is stored, or what was typed and refused. */
export interface UserFormValues {
  readonly username: string
  readonly email: string
  readonly emailVerified: boolean
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly isAdmin: boolean
}

export interface GroupChoice {
  readonly id: string
  readonly name: string
  readonly chosen: boolean
}

/** `/settings/admin/users/new`. Its form is posted to the same address. */
export interface UserNewPage {
  readonly view: 'user-new'
  readonly viewer: Viewer
  readonly values: UserFormValues
  /** Whether nobody may be without an e-mail address. */
  readonly emailRequired: boolean
  readonly groups: readonly GroupChoice[]
  readonly problems: readonly FieldError[]
  /** Why it was refused as a whole: the code of an error. */
  readonly problem: string | null
}

export const userNotices = [
  'created',
  'saved',
  'groups_saved',
  'claims_saved',
  'picture_saved',
  'picture_removed',
  'passkey_removed',
  'code_sent',
  'invitation_sent',
  'session_ended',
  'sessions_ended',
  'disabled',
  'enabled',
  'unlinked',
] as const

/** A way in that was made by this very request, in clear. */
export interface WayIn {
  readonly kind: 'code' | 'invitation'
  readonly code: string
  readonly link: string
  /** `path` is the `d` of an SVG path in a square of `size` units. */
  readonly qrCode: { readonly size: number; readonly path: string }
}

/** `/settings/admin/users/ID`. Its forms are posted below the same address. */
export interface UserPage {
  readonly view: 'user'
  readonly viewer: Viewer
  readonly user: {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly email: string | null
    readonly disabled: boolean
    readonly createdAt: number
    readonly isViewer: boolean
  }
  /** The entry of LDAP that the user comes from, and whether it decides what they are called: LDAP is enabled. */
  readonly ldap: { readonly dn: string; readonly decides: boolean } | null
  readonly values: UserFormValues
  /** Whether nobody may be without an e-mail address. */
  readonly emailRequired: boolean
  readonly problems: readonly FieldError[]
  readonly problem: string | null
  /** What the form is based on: it is sent back with it. */
  readonly version: string
  readonly conflict: readonly Difference[] | null
  readonly groups: readonly GroupChoice[]
  /** How many groups are not shown. */
  readonly moreGroups: number
  readonly claims: readonly CustomClaim[]
  readonly claimsProblem: string | null
  /** Keys that are in use, those that are used most first. */
  readonly claimKeys: readonly string[]
  /** The address of their own picture. */
  readonly picture: string | null
  readonly passkeys: readonly PasskeyItem[]
  /** Removed passkeys of which something is still to be reviewed. */
  readonly removals: readonly RemovalNote[]
  /** Whichever was used last comes first. */
  readonly sessions: readonly SessionLine[]
  readonly wayIn: WayIn | null
  /** What can be sent by e-mail. */
  readonly sendable: { readonly code: boolean; readonly invitation: boolean }
  /** The newest first. */
  readonly events: readonly AuditLine[]
  readonly notice: (typeof userNotices)[number] | null
  readonly removal: Confirmation
}
