import type { ClientView } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { QrCode } from '../device-login/qr-code.ts'
import type { BulkNotice } from '../http/bulk.ts'
import type { PickedItem } from '../http/choices.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { SignUpMode } from './sign-up-settings.ts'

/** `/signup` and `/st/TOKEN`: the sign-up page. */
export interface SignUpPage {
  readonly view: 'sign-up'
  /** Empty if sign-up is open. */
  readonly token: string
  readonly emailRequired: boolean
  readonly submitTo: string
  /** For users who already have an account. */
  readonly signInAt: string
}

/** `/signup/waiting`: for users whose sign-up is pending. */
export interface SignUpWaitingPage {
  readonly view: 'sign-up-waiting'
  /** The pending steps: approval, verification of the e-mail address, or both. */
  readonly awaits: 'administrator' | 'verification' | 'both'
  /** For users who have since been approved. */
  readonly signInAt: string
}

/** `/interaction/:uid/arrived`: for approved users whose authorization request has expired. */
export interface ArrivedPage {
  readonly view: 'arrived'
  readonly client: ClientView
  /** The launch URL of the application; `null` if unknown. */
  readonly startUrl: string | null
}

/** `/signup/add-passkey`: adds a passkey to the signed-in user. */
export interface AddPasskeyPage {
  readonly view: 'add-passkey'
  readonly name: string
  readonly submitTo: string
  readonly laterUrl: string
}

/** `/settings/admin/approvals`. */
export interface ApprovalsPage extends SignedInPage<'approvals'> {
  readonly isApprovalRequired: boolean
  readonly maxNoteLength: number
  /** Oldest first. */
  readonly waiting: readonly {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly email: string | null
    readonly emailVerified: boolean
    /** Whether an e-mail can be sent to the user. */
    readonly reached: boolean
    /** Milliseconds since the Unix epoch. */
    readonly requestedAt: number
    /** Otherwise only verification of the e-mail address is pending. */
    readonly awaitsAdministrator: boolean
  }[]
  readonly list: ListView
  /** The last decision; `gone`: another administrator decided first. */
  readonly notice: { readonly done: 'approved' | 'refused' | 'gone'; readonly name: string } | null
}

export interface InvitationFormValues {
  readonly uses: string
  readonly lifetime: 'hour' | 'day' | 'week' | 'month'
  readonly groupIds: readonly string[]
  /** Empty: the link is not sent. */
  readonly email: string
}

/** `/settings/admin/invitations`. Instants in milliseconds since the Unix epoch. */
export interface InvitationsPage extends SignedInPage<'invitations'> {
  /** The current sign-up mode; links work unless sign-up is disabled. */
  readonly mode: SignUpMode
  /** Whether creating a link also enables sign-up with a link. */
  readonly canEnable: boolean
  readonly list: ListView
  readonly invitations: readonly {
    readonly id: string
    /** `null` if the token is no longer readable. */
    readonly link: string | null
    readonly expiresAt: number
    readonly usageLimit: number
    readonly usageCount: number
    readonly groups: readonly string[]
    readonly createdAt: number
  }[]
  readonly values: InvitationFormValues
  /** Whether a mail server is set, so that links can be sent. */
  readonly canSend: boolean
  readonly problems: readonly FieldError[]
  readonly groups: readonly PickedItem[]
  readonly created: { readonly id: string; readonly link: string; readonly qrCode: QrCode } | null
  readonly sentTo: string | null
  readonly bulkNotice: BulkNotice | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'add-passkey': AddPasskeyPage
    readonly approvals: ApprovalsPage
    readonly arrived: ArrivedPage
    readonly invitations: InvitationsPage
    readonly 'sign-up': SignUpPage
    readonly 'sign-up-waiting': SignUpWaitingPage
  }
}
