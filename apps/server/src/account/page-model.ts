import type { Viewer } from '../http/viewer.ts'
import type { SessionLine } from '../sessions/page-model.ts'

/** A passkey as its owner sees it. Instants are milliseconds since the Unix epoch. */
export interface PasskeyItem {
  readonly id: string
  readonly name: string
  /** Whether it is kept by more than one device (WebAuthn's backup state). */
  readonly synced: boolean
  /** Who keeps it, as far as its model is known: `drawing` is the `d` of a path in a square of 24 units. */
  readonly provider: { readonly name: string; readonly drawing: string | null } | null
  /** Browser and system in which it was made; `null` where that is not known. */
  readonly madeIn: string | null
  /** The policy does not accept it any more. */
  readonly outdated: boolean
  /** When its signature counter last did not rise. */
  readonly counterRegressedAt: number | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** `/settings/account`. */
export interface AccountPage {
  readonly view: 'account'
  readonly viewer: Viewer
  readonly email: string | null
  readonly emailVerified: boolean
  /** Whether to offer a link that verifies the address. */
  readonly verifiable: boolean
  /** Whether to ask for a second passkey, since the only one is on one device. */
  readonly secondAskedFor: boolean
  /** The oldest first. */
  readonly passkeys: readonly PasskeyItem[]
  /** There is one, and nothing else lets the person in. */
  readonly lastStays: boolean
  /** Whichever was used last comes first. */
  readonly sessions: readonly SessionLine[]
  /** Whether people may delete themselves. */
  readonly removable: boolean
  /** What the browser's password manager is told: every passkey, and what the person is called. */
  readonly signals: {
    readonly rpId: string
    readonly userId: string
    readonly credentialIds: readonly string[]
    readonly userName: string
    readonly displayName: string
  }
  /** What has just been done; `name` is the passkey's, or the e-mail address. */
  readonly notice: {
    readonly done:
      | 'passkey_added'
      | 'passkey_renamed'
      | 'passkey_removed'
      | 'verification_sent'
      | 'session_ended'
      | 'sessions_ended'
    readonly name: string
  } | null
  /** A refused rename: `name` is what was typed, `code` that of a field error on `name`. */
  readonly renameProblem: { readonly passkeyId: string; readonly name: string; readonly code: string } | null
}

/** `/account-removed`: for whoever has just deleted themselves. */
export interface AccountRemovedPage {
  readonly view: 'account-removed'
}
