import type { RequestOrigin } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { Deps } from '../http/deps.ts'

export interface OwnConsents {
  /** Revokes the consent and the client's tokens. @throws {NotFoundError} `not_found` if there is no consent */
  withdraw(accountId: string, clientId: string, origin: RequestOrigin): Promise<void>
}

export function createOwnConsents({ pocket, audit }: Deps): OwnConsents {
  return {
    async withdraw(accountId, clientId, origin) {
      if (!(await pocket.withdrawConsent(accountId, clientId)))
        throw new NotFoundError('not_found', 'There is no such consent.', {
          details: { resource: 'Client authorization' },
        })
      await audit.record({ event: 'consent_withdrawn', accountId, clientId }, origin)
    },
  }
}
