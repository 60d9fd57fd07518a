import type { PageRoute } from '../http/page-routes.ts'
import { clientAccessPages } from './client-access-page.ts'
import { clientActivityPages } from './client-activity-page.ts'
import { clientConnectPages } from './client-connect-page.ts'
import { createClientPageContext } from './client-page-context.ts'
import { clientSettingsPages } from './client-settings-page.ts'
import type { ClientPageDeps } from './deps.ts'
import { clientListPages } from './list-page.ts'
import { newClientPages } from './new-page.ts'

export function clientPages(deps: ClientPageDeps): readonly PageRoute[] {
  const context = createClientPageContext(deps)
  return [
    ...clientListPages(context),
    ...newClientPages(context),
    ...clientConnectPages(context),
    ...clientAccessPages(context),
    ...clientActivityPages(context),
    ...clientSettingsPages(context),
  ]
}
