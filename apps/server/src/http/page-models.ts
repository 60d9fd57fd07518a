import type { AuthenticationCeremony, View } from '@pocket/core'
import type { ConfirmPage, LockedOutPage } from './confirm-page-model.ts'
import type { Viewer } from './viewer.ts'

/** The page models of the server by `view`, which is also the name of the template. Each `page-model.ts` adds its own. */
export interface PageModels {
  readonly confirm: ConfirmPage
  readonly 'locked-out': LockedOutPage
  readonly reauthenticate: ReauthenticatePage
  readonly 'signed-in-error': SignedInErrorPage
  readonly 'session-ended': SessionEndedPage
}

export type PageModel = View | PageModels[keyof PageModels]

export interface SignedInErrorPage {
  readonly view: 'signed-in-error'
  readonly viewer: Viewer
  /** A message key; `null` for the texts of the code. */
  readonly title: string | null
  readonly code: string
  /** For developers. */
  readonly description: string
  readonly requestId: string
  /** The ID in the URL of something that does not exist. */
  readonly missingId: string | null
  /** Where the user continues; `title` is a message key, `null` for the page of the form. */
  readonly act: { readonly href: string; readonly title: string | null }
}

/** A form that is posted again with the same fields after a passkey was used. */
interface ContinuedForm {
  readonly ceremony: AuthenticationCeremony
  /** The path that the form is sent to. */
  readonly continueTo: string
  readonly method: 'get' | 'post'
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** Asks for a passkey before a sensitive action, then continues with the action. */
interface ReauthenticatePage extends ContinuedForm {
  readonly view: 'reauthenticate'
  /** Whether the form had a file, which has to be chosen again. */
  readonly lostFile: boolean
  readonly viewer: Viewer
}

/** Signs in before a form whose session has ended, then posts the form. */
interface SessionEndedPage extends ContinuedForm {
  readonly view: 'session-ended'
}
