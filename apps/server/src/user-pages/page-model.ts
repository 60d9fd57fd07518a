import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { PasskeyItem, ProfileValues } from '../account/page-model.ts'
import type { AuditLine } from '../audit-log/page-model.ts'
import type { BulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import type { Confirmation } from '../http/confirm-page-model.ts'
import type { Notice } from '../http/flash.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { UserCounts } from '../overview/overview-store.ts'
import type { SessionLine } from '../sessions/session-administration.ts'
import type { RemovalNote } from '../webauthn/page-model.ts'

/** A user in the list. Instants are milliseconds since the Unix epoch. */
export interface UserItem {
  readonly id: string
  readonly userName: string
  readonly displayName: string
  readonly email: string | null
  readonly administrator: boolean
  readonly disabled: boolean
  readonly isFromLdap: boolean
  readonly groups: readonly string[]
  readonly passkeys: number
  readonly withSingleDevicePasskey: boolean
  readonly lastUsedAt: number | null
  readonly createdAt: number
  readonly picture: string | null
}

/** `/settings/admin/users`. */
export interface UsersPage extends SignedInPage<'users'> {
  readonly list: ListView
  readonly users: readonly UserItem[]
  readonly people: UserCounts
  readonly notice: BulkNotice | null
}

/** The values of a user form: stored, or entered and rejected. */
export interface UserFormValues extends ProfileValues {
  readonly emailVerified: boolean
  readonly isAdmin: boolean
}

/** `/settings/admin/users/new`. Its form is posted to the same path. */
export interface UserNewPage extends SignedInPage<'user-new'> {
  readonly values: UserFormValues
  readonly emailRequired: boolean
  readonly groups: readonly PickedItem[]
  readonly problems: readonly FieldError[]
  readonly problem: string | null
}

export const userNotices = [
  'created',
  'saved',
  'groups_saved',
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
  'recovery_stopped',
] as const

/** A login code or invitation that this request created, in plain text. */
export interface SignInLink {
  readonly kind: 'code' | 'invitation'
  readonly code: string
  readonly link: string
  /** `path` is the `d` of an SVG path in a square of `size` units. */
  readonly qrCode: { readonly size: number; readonly path: string }
}

/** The pages of a user; `profile` is the first one. */
export type UserTab = 'profile' | 'access' | 'security' | 'activity'

/** `/settings/admin/users/ID`, `ID/access`, `ID/security` and `ID/activity`. Their forms are posted to paths below `ID`. */
export interface UserPage extends SignedInPage<'user'> {
  readonly tab: UserTab
  readonly user: {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly email: string | null
    readonly disabled: boolean
    readonly createdAt: number
    readonly isViewer: boolean
  }
  /** The user's LDAP entry, and whether it determines the user's data: LDAP is enabled. */
  readonly ldap: { readonly dn: string; readonly decides: boolean } | null
  readonly values: UserFormValues
  readonly emailRequired: boolean
  readonly problems: readonly FieldError[]
  readonly problem: string | null
  /** The version that the form is based on; the form sends it back. */
  readonly version: string
  readonly conflict: readonly Difference[] | null
  readonly groups: readonly PickedItem[]
  /** A page of the clients that the user may use, by name; `null` on other tabs. */
  readonly clients: {
    readonly items: readonly {
      readonly id: string
      readonly name: string
      /** The groups that give access; `null` if all users have access. */
      readonly groups: readonly string[] | null
    }[]
    readonly list: ListView
  } | null
  readonly claims: readonly CustomClaim[]
  readonly claimsProblem: string | null
  /** Whether the values and claims are rejected input. */
  readonly isRejected: boolean
  /** Existing claim keys, most used first. */
  readonly claimKeys: readonly string[]
  readonly picture: string | null
  readonly passkeys: readonly PasskeyItem[]
  /** Removed passkeys whose effects are not fully reviewed. */
  readonly removals: readonly RemovalNote[]
  /** A page of the sessions, most recently used first; `null` on other tabs. */
  readonly sessions: { readonly items: readonly SessionLine[]; readonly list: ListView } | null
  readonly signInLink: SignInLink | null
  /** Which kinds can be sent by e-mail. */
  readonly sendable: { readonly code: boolean; readonly invitation: boolean }
  /** Newest first. */
  readonly events: readonly AuditLine[]
  readonly recoveryPendingUntil: number | null
  readonly notice: Notice<(typeof userNotices)[number]> | null
  readonly removal: Confirmation
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'user-new': UserNewPage
    readonly user: UserPage
    readonly users: UsersPage
  }
}
