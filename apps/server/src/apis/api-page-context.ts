import type { AuditSink, Pocket, Transaction } from '@pocket/core'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { ShowPage } from '../http/show-page.ts'
import type { ApiAdministration } from './administration.ts'

export interface ApiPagesPorts {
  readonly pocket: Pick<Pocket, 'apis' | 'clients' | 'issuer'>
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
}

/** Dependencies shared by all API pages. */
export interface ApiPageContext extends ApiPagesPorts {
  readonly administration: ApiAdministration
  readonly path: '/settings/admin/apis'
}
