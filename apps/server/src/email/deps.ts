import type { AuditSink, Clock, MasterKey, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import type { ApiKeyStore } from '../api-keys/api-key-store.ts'
import type { AuditLogStore } from '../audit-log/audit-log-store.ts'
import type { GeoIp } from '../geoip/geoip.ts'
import type { Logger } from '../logging/logger.ts'
import type { Settings } from '../settings/settings.ts'
import type { EmailStore } from './email-store.ts'
import type { Outbox } from './outbox.ts'
import type { VerificationStore } from './verification-store.ts'

/** Dependencies of the e-mail services, which are created before core, because core's audit sink sends e-mails. */
export interface EmailServiceDeps {
  readonly appUrl: string
  readonly viewsDirectory: string
  readonly logger: Logger
  readonly database: {
    readonly emails: EmailStore
    readonly emailVerifications: VerificationStore
    readonly apiKeys: ApiKeyStore
    readonly auditLog: AuditLogStore
    readonly masterKey: MasterKey
  }
  readonly settings: Settings
  readonly directory: Directory
  readonly geoIp: GeoIp
  readonly audit: AuditSink
  readonly transaction: Transaction
  readonly clock: Clock
}

export interface EmailDeps extends EmailServiceDeps {
  readonly outbox: Outbox
}
