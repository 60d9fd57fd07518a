import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { Viewer } from '../http/viewer.ts'
import type { SessionLine } from '../sessions/page-model.ts'
import type { RemovalNote } from '../webauthn/page-model.ts'

/** A passkey as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface PasskeyItem {
  readonly id: string
  readonly name: string
  /** Whether it is kept by more than one device (WebAuthn's backup state). */
  readonly synced: boolean
  /** Who keeps it, as far as its model is known: `drawing` is the `d` of a path in a square of 24 units. */
  readonly provider: { readonly name: string; readonly drawing: string | null } | null
  /** Browser and system in which it was made; `null` where that is not known. */
  readonly createdIn: string | null
  /** The policy does not accept it any more. */
  readonly outdated: boolean
  /** When its signature counter last did not rise. */
  readonly counterRegressedAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** One or more passkeys of a person are not what the policy asks for any more. */
export interface OutdatedPasskey {
  /** From when on they are refused, in milliseconds since the Unix epoch; `null` where no such day is still to come. */
  readonly refusedFrom: number | null
}

/** What the browser's password manager is told: every passkey, and what the person is called. */
export interface AccountSignals {
  readonly rpId: string
  readonly userId: string
  readonly credentialIds: readonly string[]
  readonly userName: string
  readonly displayName: string
}

/** What people write of themselves. */
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

/** `/settings/account`: who one is. */
export interface AccountPage {
  readonly view: 'account'
  readonly viewer: Viewer
  readonly passkeyCount: number
  /** Whether to ask for a second passkey, since the only one is on one device. */
  readonly secondAskedFor: boolean
  readonly outdated: OutdatedPasskey | null
  readonly signals: AccountSignals
  /** Whether people may change it themselves. */
  readonly isEditable: boolean
  readonly emailRequired: boolean
  /** Whether the address that is stored is verified, and whether to offer a link that does so. */
  readonly emailVerified: boolean
  readonly verifiable: boolean
  /** What is shown in the form, and what it is based on. */
  readonly values: ProfileValues
  readonly version: string
  /** Where one of their own is. */
  readonly picture: string | null
  /** The language that the account says: a BCP 47 tag. */
  readonly locale: string | null
  readonly problems: readonly FieldError[]
  /** Why something was refused as a whole: the code of an error. */
  readonly problem: string | null
  readonly conflict: readonly Difference<keyof ProfileValues>[] | null
  /** `name` is the e-mail address to which something was sent. */
  readonly notice: { readonly done: (typeof profileNotices)[number]; readonly name: string } | null
}

export const securityNotices = [
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'session_ended',
  'sessions_ended',
] as const

/** `/settings/account/security`: passkeys, and where one is signed in. */
export interface AccountSecurityPage {
  readonly view: 'account-security'
  readonly viewer: Viewer
  readonly secondAskedFor: boolean
  readonly outdated: OutdatedPasskey | null
  readonly signals: AccountSignals
  /** The oldest first. */
  readonly passkeys: readonly PasskeyItem[]
  /** Removed passkeys of which something is still to be reviewed. */
  readonly removals: readonly RemovalNote[]
  /** There is one, and nothing else lets the person in. */
  readonly keepsLastPasskey: boolean
  /** Whichever was used last comes first. */
  readonly sessions: readonly SessionLine[]
  /** What has just been done; `name` is the passkey's, or the device. */
  readonly notice: { readonly done: (typeof securityNotices)[number]; readonly name: string } | null
  /** A refused rename: `name` is what was typed, `code` that of a field error on `name`. */
  readonly renameProblem: { readonly passkeyId: string; readonly name: string; readonly code: string } | null
}

/** `/settings/account/data`: what one can take away, and how to leave. */
export interface AccountDataPage {
  readonly view: 'account-data'
  readonly viewer: Viewer
  /** Whether people may delete themselves. */
  readonly removable: boolean
}

/** `/account-removed`: for whoever has just deleted themselves. */
export interface AccountRemovedPage {
  readonly view: 'account-removed'
}
