import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager, QueryRunner } from 'typeorm'
import type { WriteScope } from './pending-writes.ts'
import { endedTransaction } from './turn.ts'

/** The transaction of the current asynchronous context. */
export interface AmbientTransaction extends WriteScope {
  readonly runner: QueryRunner
  /** Settles when the last statement of the transaction has finished. */
  lastStatement: Promise<unknown>
  ended: boolean
  /** Whether a cached table was written. */
  changesCache: boolean
  /** Whether it may have changed recent rows. */
  changesRecent: boolean
  /** Runs as the last part of the transaction. */
  beforeCommit: (() => Promise<void>) | undefined
  /** Runs after the transaction has ended, even if its outcome is unknown. */
  afterEnd: (() => void) | undefined
}

type TransactionCallback<T> = (manager: EntityManager) => Promise<T>
type IsolationLevel = Parameters<QueryRunner['startTransaction']>[0]

/** Tracks the transaction of each asynchronous context. */
export class AmbientTransactions {
  readonly #storage = new AsyncLocalStorage<AmbientTransaction>()

  /** Makes every transaction of this manager ambient for its callback. */
  install(manager: EntityManager): void {
    const runTransaction = manager.transaction.bind(manager)
    manager.transaction = <T>(
      isolationLevel: IsolationLevel | TransactionCallback<T>,
      callback?: TransactionCallback<T>,
    ): Promise<T> => {
      const work = typeof isolationLevel === 'function' ? isolationLevel : callback
      if (work === undefined || isolationLevel === undefined) throw new TypeError('A transaction needs a callback')
      const { wrapped, afterEnd } = this.#wrapCallback(work)
      const result =
        typeof isolationLevel === 'function' ? runTransaction(wrapped) : runTransaction(isolationLevel, wrapped)
      return result.finally(afterEnd)
    }
  }

  /** The transaction of the current context. Throws if that transaction has ended. */
  current(): AmbientTransaction | undefined {
    const transaction = this.#storage.getStore()
    if (transaction?.ended === true) throw endedTransaction()
    return transaction
  }

  /** The query runner of the current transaction, if it is still open. */
  get runner(): QueryRunner | undefined {
    const transaction = this.#storage.getStore()
    return transaction?.ended === false ? transaction.runner : undefined
  }

  /** Whether the current context belongs to an ended transaction of this runner. */
  hasEnded(runner: object): boolean {
    const transaction = this.#storage.getStore()
    return transaction?.ended === true && transaction.runner === runner
  }

  #wrapCallback<T>(work: TransactionCallback<T>) {
    let current: AmbientTransaction | undefined
    const wrapped: TransactionCallback<T> = async (manager) => {
      const runner = manager.queryRunner
      if (runner === undefined) throw new TypeError('The transaction has no query runner')
      const transaction: AmbientTransaction = {
        ...{ runner, lastStatement: Promise.resolve(), ended: false },
        ...{ pending: [], changesCache: false, changesRecent: false, beforeCommit: undefined, afterEnd: undefined },
      }
      current = transaction
      try {
        return await this.#storage.run(transaction, async () => {
          const result = await work(manager)
          await transaction.beforeCommit?.()
          return result
        })
      } finally {
        transaction.ended = true
        // A pending statement still finishes within the transaction: after an error PostgreSQL may not yet accept another
        // statement.
        await transaction.lastStatement
      }
    }
    return { wrapped, afterEnd: () => current?.afterEnd?.() }
  }
}
