import type { AuthenticationCeremony, View } from '@pocket/core'
import type { ConfirmPage } from './confirm-page-model.ts'
import type { Viewer } from './viewer.ts'

/** The page models of the server by `view`, which is also the name of the template. Each `page-model.ts` adds its own. */
export interface PageModels {
  readonly confirm: ConfirmPage
  readonly reauthenticate: ReauthenticatePage
}

export type PageModel = View | PageModels[keyof PageModels]

/** Asks for a passkey before a sensitive action, then continues with the action. */
interface ReauthenticatePage {
  readonly view: 'reauthenticate'
  readonly viewer: Viewer
  readonly ceremony: AuthenticationCeremony
  /** The form is posted again to this path with the same fields. */
  readonly continueTo: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}
