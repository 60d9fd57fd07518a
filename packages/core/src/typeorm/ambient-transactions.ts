import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager, QueryRunner } from 'typeorm'
import { endedTransaction } from './turn.ts'

/** The transaction that the running code stands in. */
export interface AmbientTransaction {
  readonly runner: QueryRunner
  /** Settles when the last statement that was sent through it has ended. */
  last: Promise<unknown>
  ended: boolean
}

type Work<T> = (manager: EntityManager) => Promise<T>
type IsolationLevel = Parameters<QueryRunner['startTransaction']>[0]

/** Knows for each asynchronous context which transaction it stands in. */
export class AmbientTransactions {
  readonly #storage = new AsyncLocalStorage<AmbientTransaction>()

  /** Makes every transaction of this manager ambient for the callback that it is given. */
  install(manager: EntityManager): void {
    const begin = manager.transaction.bind(manager)
    manager.transaction = <T>(first: IsolationLevel | Work<T>, second?: Work<T>): Promise<T> => {
      if (typeof first === 'function') return begin(this.#within(first))
      if (second === undefined || first === undefined) throw new TypeError('A transaction needs a callback')
      return begin(first, this.#within(second))
    }
  }

  /** The transaction of the running code. Throws where that transaction has ended, since what comes now is too late. */
  current(): AmbientTransaction | undefined {
    const transaction = this.#storage.getStore()
    if (transaction?.ended === true) throw endedTransaction()
    return transaction
  }

  /** The runner of the running code's transaction, where that is still open. */
  get runner(): QueryRunner | undefined {
    const transaction = this.#storage.getStore()
    return transaction?.ended === false ? transaction.runner : undefined
  }

  #within<T>(work: Work<T>): Work<T> {
    return async (manager) => {
      const runner = manager.queryRunner
      if (runner === undefined) throw new TypeError('A transaction has a query runner')
      const transaction: AmbientTransaction = { runner, last: Promise.resolve(), ended: false }
      try {
        return await this.#storage.run(transaction, () => work(manager))
      } finally {
        transaction.ended = true
        // One that is under way still ends within it: after an error PostgreSQL may not be ready for another yet.
        await transaction.last
      }
    }
  }
}
