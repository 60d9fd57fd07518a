import type { Deps, PageDeps } from '../http/deps.ts'
import type { ClientLogos } from '../images/client-logos.ts'
import type { ApiAdministration } from './administration.ts'

export interface ApiOperationDeps extends Deps {
  readonly administration: ApiAdministration
  readonly clientLogos: ClientLogos
}

export interface ApiPageDeps extends PageDeps {
  readonly administration: ApiAdministration
  readonly path: '/settings/admin/apis'
}
