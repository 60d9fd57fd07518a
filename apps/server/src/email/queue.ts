import type { Clock } from '@pocket/core'
import { ConflictError, NotFoundError } from '@pocket/core/errors'
import type { ListRequest, Page } from '../http/api/list.ts'
import type { Delivery } from './delivery.ts'
import type { Email } from './email.ts'
import type { EmailStore } from './email-store.ts'

/** E-mails sent within the last 30 days, waiting and failed ones. */
export interface EmailQueue {
  /** Newest first by default. */
  list(request: ListRequest): Promise<Page<Email>>
  find(id: string): Promise<Email | undefined>
  /**
   * Schedules an immediate retry.
   *
   * @throws {NotFoundError} `email_not_found` @throws {ConflictError} `email_not_waiting` if it was sent or has expired
   */
  retry(id: string): Promise<void>
}

export function createEmailQueue(store: EmailStore, delivery: Delivery, clock: Clock): EmailQueue {
  return {
    list: (request) => store.list(request),
    find: (id) => store.find(id),
    async retry(id) {
      if (!(await store.retry(id, clock.now()))) {
        if (await store.find(id))
          throw new ConflictError('email_not_waiting', 'This e-mail was already sent or has expired.')
        throw new NotFoundError('email_not_found', 'There is no such e-mail.')
      }
      delivery.trigger()
    },
  }
}
