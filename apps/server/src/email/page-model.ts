import type { BulkNotice } from '../http/bulk.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { Email, EmailState } from './email.ts'
import type { SmtpProblem } from './smtp-problem.ts'

/** `/verify-email`: confirms the e-mail address of the signed-in user. */
export interface VerifyEmailPage {
  readonly view: 'verify-email'
  readonly state: 'ask' | 'verified' | 'refused' | 'in' | 'waiting'
  /** Submitted again by the form. */
  readonly token: string
  readonly email: string
  /** User name of a new user who could not sign in before verification: `in` can sign in now, `waiting` needs approval. */
  readonly userName: string | null
  /** Where a user in state `in` continues after signing in; `null` in all other states. */
  readonly continueUrl: string | null
}

export interface EmailItem
  extends Pick<
    Email,
    'id' | 'kind' | 'recipient' | 'attempts' | 'lastError' | 'nextAttemptAt' | 'createdAt' | 'sentAt'
  > {
  readonly state: EmailState
  /** Why it failed, if known. */
  readonly problem: SmtpProblem | null
}

/** `/settings/admin/emails`: sent, waiting and failed e-mails. */
export interface EmailsPage extends SignedInPage<'emails'> {
  readonly list: ListView
  readonly emails: readonly EmailItem[]
  readonly failed: number
  readonly notice: BulkNotice | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly emails: EmailsPage
    readonly 'verify-email': VerifyEmailPage
  }
}
