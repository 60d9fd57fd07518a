import type { AccountSignals } from '@pocket/core/browser'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { RecoveryCodeSummary, RecoveryNotice } from '../recovery/page-model.ts'
import type { SessionLine } from '../sessions/session-administration.ts'
import type { RemovalNote } from '../webauthn/page-model.ts'

/** A passkey on its owner's page. Instants are milliseconds since the Unix epoch. */
export interface PasskeyItem {
  readonly id: string
  readonly name: string
  /** Whether it is backed up to other devices (WebAuthn's backup state). */
  readonly synced: boolean
  readonly isSecurityKey: boolean
  /** The passkey provider, if its model is known: `drawing` is the `d` of a path in a square of 24 units. */
  readonly provider: { readonly name: string; readonly drawing: string | null } | null
  /** Browser and operating system in which it was registered; `null` if unknown. */
  readonly createdIn: string | null
  /** Whether the current policy rejects it. */
  readonly outdated: boolean
  /** Time of the last sign-in at which its signature counter did not increase. */
  readonly counterRegressedAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

export interface ProfileValues {
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
}

export const profileNotices = [
  'saved',
  'language_saved',
  'picture_saved',
  'picture_removed',
  'verification_sent',
] as const

/** `/settings/account`: the user's profile. */
export interface AccountPage extends SignedInPage<'account'> {
  readonly passkeyCount: number
  readonly recoveryNotice: RecoveryNotice | null
  /** Whether to suggest a second passkey because the only one is bound to one device. */
  readonly suggestsSecondPasskey: boolean
  readonly outdated: boolean
  readonly signals: AccountSignals
  /** Whether users may edit their own profile. */
  readonly isEditable: boolean
  readonly emailRequired: boolean
  /** Whether the stored e-mail address is verified, and whether to offer a verification link. */
  readonly emailVerified: boolean
  readonly verifiable: boolean
  /** The form values and the version they are based on. */
  readonly values: ProfileValues
  readonly version: string
  readonly picture: string | null
  /** The language of the account: a BCP 47 tag. */
  readonly locale: string | null
  readonly problems: readonly FieldError[]
  readonly problem: string | null
  readonly conflict: readonly Difference<keyof ProfileValues>[] | null
  /** `name` is the e-mail address that the verification link was sent to. */
  readonly notice: { readonly done: (typeof profileNotices)[number]; readonly name: string } | null
}

export const securityNotices = [
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'recovery_codes_removed',
  'session_ended',
  'sessions_ended',
] as const

/** `/settings/account/security`: passkeys and sessions. */
export interface AccountSecurityPage extends SignedInPage<'account-security'> {
  readonly suggestsSecondPasskey: boolean
  readonly outdated: boolean
  readonly signals: AccountSignals
  /** Oldest first. */
  readonly passkeys: readonly PasskeyItem[]
  /** Removed passkeys with items still to be reviewed. */
  readonly removals: readonly RemovalNote[]
  readonly recoveryNotice: RecoveryNotice | null
  /** `null` if the user may have no recovery codes. */
  readonly recoveryCodes: RecoveryCodeSummary | null
  /** Whether the administrator has a break-glass code; `null` for other users. */
  readonly hasBreakGlassCode: boolean | null
  /** Whether the user has one passkey and no other sign-in method. */
  readonly keepsLastPasskey: boolean
  /** A page of the sessions, most recently used first. */
  readonly sessions: { readonly items: readonly SessionLine[]; readonly list: ListView }
  /** The completed action; `name` is the name of the passkey or the device. */
  readonly notice: { readonly done: (typeof securityNotices)[number]; readonly name: string } | null
  /** A rejected rename: `name` is the input, `code` is the code of the field error on `name`. */
  readonly renameProblem: { readonly passkeyId: string; readonly name: string; readonly code: string } | null
}

/** `/settings/account/second-passkey`: the reminder on the way to an application after a sign-in. */
export interface SecondPasskeyPage {
  readonly view: 'second-passkey'
  /** Where the only passkey is stored. */
  readonly heldBy: 'key' | 'device'
  readonly redirect: string
}

/** `/settings/account/data`: data export and account deletion. */
export interface AccountDataPage extends SignedInPage<'account-data'> {
  /** Whether users may delete their own account. */
  readonly removable: boolean
}

/** `/account-removed`: confirms that the account was deleted. */
export interface AccountRemovedPage {
  readonly view: 'account-removed'
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'account-data': AccountDataPage
    readonly account: AccountPage
    readonly 'account-removed': AccountRemovedPage
    readonly 'account-security': AccountSecurityPage
    readonly 'second-passkey': SecondPasskeyPage
  }
}
