import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'
import type { BulkNotice } from '../users/page-model.ts'
import type { Email, EmailState } from './email.ts'

/** `/verify-email`: confirms that an address belongs to whoever is signed in. */
export interface VerifyEmailPage {
  readonly view: 'verify-email'
  readonly state: 'ask' | 'verified' | 'refused' | 'in' | 'waiting'
  /** Sent back by the form. */
  readonly token: string
  readonly email: string
  /** Of somebody who has just signed up and cannot sign in yet: they come in, or wait for an administrator. */
  readonly userName: string | null
  /** Where somebody who is in goes on, signing in on the way; `null` for everybody else. */
  readonly continueUrl: string | null
}

/** An e-mail as the list shows it. */
export interface EmailItem
  extends Pick<
    Email,
    'id' | 'kind' | 'recipient' | 'attempts' | 'lastError' | 'nextAttemptAt' | 'createdAt' | 'sentAt'
  > {
  readonly state: EmailState
}

/** `/settings/admin/emails`: what was sent, and what was not. */
export interface EmailsPage {
  readonly view: 'emails'
  readonly viewer: Viewer
  readonly list: ListView
  readonly emails: readonly EmailItem[]
  /** How many were given up, in the whole list. */
  readonly failed: number
  readonly notice: BulkNotice | null
}
