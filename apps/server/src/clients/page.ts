import type { PageRoute } from '../http/page-routes.ts'
import { type ClientDeskPorts, createClientDesk } from './client-desk.ts'
import { type ClientPagePorts, oneClientPages } from './client-page.ts'
import { type ClientListPagePorts, clientListPages } from './list-page.ts'
import { newClientPages } from './new-page.ts'

export type ClientPagesPorts = Omit<ClientPagePorts, 'desk'> &
  Omit<ClientListPagePorts, 'desk'> &
  Omit<ClientDeskPorts, 'clients' | 'noteMade'>

/** `/settings/admin/oidc-clients`: what an administrator does with clients. */
export function clientPages(ports: ClientPagesPorts): readonly PageRoute[] {
  const desk = createClientDesk({ ...ports, clients: ports.pocket.clients, noteMade: ports.pocket.noteMade })
  return [...clientListPages({ ...ports, desk }), ...newClientPages({ desk }), ...oneClientPages({ ...ports, desk })]
}
