import type { Clock } from '@pocket/core'
import { ConflictError, NotFoundError } from '@pocket/core/errors'
import type { ListRequest, Page } from '../http/api/list.ts'
import type { Delivery } from './delivery.ts'
import type { Email } from './email.ts'
import type { EmailStore } from './email-store.ts'

/** E-mails sent within the last 30 days, waiting and failed ones. */
export function createEmailQueue(store: EmailStore, delivery: Delivery, clock: Clock) {
  return {
    /** Newest first by default. */
    list: (request: ListRequest): Promise<Page<Email>> => store.list(request),
    find: (id: string): Promise<Email | undefined> => store.find(id),

    /**
     * Schedules an immediate retry.
     *
     * @throws {NotFoundError} `email_not_found` @throws {ConflictError} `email_not_waiting` if it was sent or has expired
     */
    async retry(id: string): Promise<void> {
      if (!(await store.retry(id, clock.now()))) {
        if (await store.find(id))
          throw new ConflictError('email_not_waiting', 'This e-mail was already sent or has expired.')
        throw new NotFoundError('email_not_found', 'There is no such e-mail.')
      }
      delivery.trigger()
    },
  }
}

export type EmailQueue = ReturnType<typeof createEmailQueue>
