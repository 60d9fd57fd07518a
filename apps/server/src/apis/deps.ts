import type { Deps, PageDeps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { ApiAdministration } from './administration.ts'

/** Dependencies of the operations of APIs. */
export interface ApiOperationDeps extends Deps {
  readonly administration: ApiAdministration
  readonly clientLogos: ClientLogos
}

/** Dependencies of the pages of APIs. */
export interface ApiPageDeps extends PageDeps {
  readonly administration: ApiAdministration
  readonly path: '/settings/admin/apis'
}
