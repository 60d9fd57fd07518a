import type { PageRoute } from '../http/page-routes.ts'
import { type ClientPagePorts, oneClientPages } from './client-page.ts'
import { type ClientPageContextPorts, createClientPageContext } from './client-page-context.ts'
import { type ClientListPagePorts, clientListPages } from './list-page.ts'
import { newClientPages } from './new-page.ts'

export type ClientPagesPorts = Omit<ClientPagePorts, 'context'> &
  Omit<ClientListPagePorts, 'context'> &
  Omit<ClientPageContextPorts, 'clients' | 'recordCredential' | 'lockAccountOf'>

/** `/settings/admin/oidc-clients`: client administration. */
export function clientPages(ports: ClientPagesPorts): readonly PageRoute[] {
  const context = createClientPageContext({
    ...ports,
    clients: ports.pocket.clients,
    recordCredential: ports.pocket.recordCredential,
    lockAccountOf: ports.pocket.lockAccountOf,
  })
  return [
    ...clientListPages({ ...ports, context }),
    ...newClientPages({ context }),
    ...oneClientPages({ ...ports, context }),
  ]
}
