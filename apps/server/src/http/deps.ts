import type { AuditSink, Clock, Pocket, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { Authentication } from './authentication.ts'
import type { Catalogs } from './catalogs.ts'
import type { Flashes } from './flash.ts'
import type { MessagesFor } from './messages-for.ts'
import type { ReauthenticationPages } from './reauthentication.ts'
import type { ShowPage } from './show-page.ts'

/** Dependencies of every use case and REST operation. */
export interface Deps {
  readonly pocket: Pocket
  readonly directory: Directory
  readonly audit: AuditSink
  /** Commits the changes of the directory, core, the server and the audit log together. */
  readonly transaction: Transaction
  readonly clock: Clock
}

export interface PageDeps extends Deps {
  readonly authentication: Authentication
  readonly reauthentication: ReauthenticationPages
  readonly show: ShowPage
  readonly flashes: Flashes
  readonly catalogs: Catalogs
  readonly messagesFor: MessagesFor
  /** Whether cookies have the `Secure` attribute. */
  readonly secure: boolean
}
