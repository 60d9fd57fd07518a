import type { Deps, PageDeps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { ApiAdministration } from './administration.ts'

/** What the operations of APIs use. */
export interface ApiOperationDeps extends Deps {
  readonly administration: ApiAdministration
  readonly clientLogos: ClientLogos
}

/** What the pages of APIs use. */
export interface ApiPageDeps extends PageDeps {
  readonly administration: ApiAdministration
  readonly path: '/settings/admin/apis'
}
