import type { ClientView } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice } from '../users/page-model.ts'
import type { SignUpMode } from './sign-up-settings.ts'

/** `/signup` and `/st/TOKEN`: lets a stranger in. */
export interface SignUpPage {
  readonly view: 'sign-up'
  /** Empty where everybody may sign up. */
  readonly token: string
  readonly emailRequired: boolean
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever has an account. */
  readonly signInAt: string
}

/** `/signup/waiting`: for whoever has signed up and waits for an administrator. */
export interface SignUpWaitingPage {
  readonly view: 'sign-up-waiting'
  /** For what: an administrator, until their e-mail address is verified, or both. */
  readonly awaits: 'administrator' | 'verification' | 'both'
  /** For whoever has been let in meanwhile. */
  readonly signInAt: string
}

/** `/interaction/:uid/arrived`: for whoever is in at last, and whose request for a sign-in has ended meanwhile. */
export interface ArrivedPage {
  readonly view: 'arrived'
  readonly client: ClientView
  /** Where the application is opened; `null` where nobody has said so. */
  readonly startAt: string | null
}

/** `/signup/add-passkey`: the passkey of somebody who is signed in and may have none. */
export interface AddPasskeyPage {
  readonly view: 'add-passkey'
  /** What the person is called. */
  readonly name: string
  /** The passkey's answer is posted to it. */
  readonly submitTo: string
  /** For whoever does it another time. */
  readonly laterAt: string
}

/** `/settings/admin/approvals`. */
export interface ApprovalsPage {
  readonly view: 'approvals'
  readonly viewer: Viewer
  /** Whether whoever signs up just now has to wait. */
  readonly isAskedFor: boolean
  /** Characters of the sentence that goes out with a decision. */
  readonly maxNoteLength: number
  /** Whoever waits longest comes first. */
  readonly waiting: readonly {
    readonly id: string
    readonly userName: string
    readonly displayName: string
    readonly email: string | null
    readonly emailVerified: boolean
    /** Whether an e-mail would reach them. */
    readonly reached: boolean
    /** Milliseconds since the Unix epoch. */
    readonly requestedAt: number
    /** Otherwise for a verified address alone. */
    readonly awaitsAdministrator: boolean
  }[]
  /** What has just been done; `gone`: somebody else has decided before. */
  readonly notice: { readonly done: 'approved' | 'refused' | 'gone'; readonly name: string } | null
}

export interface InvitationFormValues {
  readonly uses: string
  readonly lifetime: 'hour' | 'day' | 'week' | 'month'
  readonly groupIds: readonly string[]
}

/** `/settings/admin/invitations`. Instants in milliseconds since the Unix epoch. */
export interface InvitationsPage {
  readonly view: 'invitations'
  readonly viewer: Viewer
  /** Who may sign up just now; links work unless that is nobody. */
  readonly mode: SignUpMode
  readonly list: ListView
  readonly invitations: readonly {
    readonly id: string
    /** `null` where it is not known any more. */
    readonly link: string | null
    readonly expiresAt: number
    readonly usageLimit: number
    readonly usageCount: number
    /** By name. */
    readonly groups: readonly string[]
    readonly createdAt: number
  }[]
  readonly values: InvitationFormValues
  /** On `uses` and `userGroupIds`. */
  readonly problems: readonly FieldError[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  /** How many groups are not shown. */
  readonly moreGroups: number
  /** The one that was made by the request before this one. */
  readonly createdId: string | null
  readonly removed: boolean
  /** What became of several that were to be deleted. */
  readonly several: BulkNotice | null
}
