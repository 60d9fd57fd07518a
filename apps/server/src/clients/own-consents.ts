import type { AuditSink, Pocket, RequestOrigin } from '@pocket/core'
import { clientNotFound } from './contract-errors.ts'

/** What people have allowed clients. */
export interface OwnConsents {
  /** Takes it back, and ends what the client was given. @throws {NotFound} `not_found` where nothing was allowed */
  withdraw(accountId: string, clientId: string, origin: RequestOrigin): Promise<void>
}

export interface OwnConsentsPorts {
  readonly pocket: Pick<Pocket, 'withdrawConsent'>
  readonly audit: AuditSink
}

export function createOwnConsents({ pocket, audit }: OwnConsentsPorts): OwnConsents {
  return {
    async withdraw(accountId, clientId, origin) {
      if (!(await pocket.withdrawConsent(accountId, clientId))) throw clientNotFound()
      await audit.record({ event: 'consent_withdrawn', accountId, clientId }, origin)
    },
  }
}
