import type { View } from '@pocket/core'
import type { ConfirmPage } from './confirm-page-model.ts'
import type { ReauthenticatePage } from './reauthenticate-page-model.ts'

/** The page models of the server by `view`, which is also the name of the template. Each `page-model.ts` adds its own. */
export interface PageModels {
  readonly confirm: ConfirmPage
  readonly reauthenticate: ReauthenticatePage
}

export type PageModel = View | PageModels[keyof PageModels]
