import type { PageRoute } from '../http/page-routes.ts'
import { clientAccessPages } from './client-access-page.ts'
import { clientConnectPages } from './client-connect-page.ts'
import { clientPage } from './client-page.ts'
import { createClientPageContext } from './client-page-context.ts'
import { clientSettingsPages } from './client-settings-page.ts'
import type { ClientPageDeps } from './deps.ts'
import { clientListPages } from './list-page.ts'
import { newClientPages } from './new-page.ts'
import { createShowClient } from './show-client.ts'

/** `/settings/admin/oidc-clients`: client administration. */
export function clientPages(deps: ClientPageDeps): readonly PageRoute[] {
  const context = createClientPageContext(deps)
  const showClient = createShowClient(context)
  return [
    ...clientListPages(context),
    ...newClientPages(context),
    ...clientPage(context, showClient),
    ...clientConnectPages(context),
    ...clientAccessPages(context, showClient),
    ...clientSettingsPages(context, showClient),
  ]
}
