import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction } from '../transaction.ts'

/** The methods of a store without their promises. */
type Synchronous<Store> = {
  readonly [Name in keyof Store]: Store[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never
}

interface OpenTransaction {
  ended: boolean
}

/**
 * The maps of all stores with transactions: while a transaction is open, all other calls wait; a rollback restores the
 * maps.
 */
export class MemoryState {
  readonly #maps: Map<string, unknown>[] = []
  readonly #currentTransaction = new AsyncLocalStorage<OpenTransaction>()
  #pending: Promise<void> | undefined

  map<Value>(): Map<string, Value> {
    const map = new Map<string, Value>()
    // The cast is safe because snapshots copy values without reading them.
    this.#maps.push(map as Map<string, unknown>)
    return map
  }

  /** A store from its methods, which are synchronous and therefore atomic. */
  store<Store extends object>(methods: Synchronous<Store>): Store {
    const entries = Object.entries<(...args: unknown[]) => unknown>(methods)
    const asyncMethods = entries.map(([name, method]) => [
      name,
      (...args: unknown[]) => this.#run(() => method(...args)),
    ])
    // The cast is safe: these are the methods of the store, which now return promises.
    return Object.fromEntries(asyncMethods) as Store
  }

  /** Runs `work` while no other transaction is open. */
  async #run<T>(work: () => T): Promise<T> {
    // The last check and the work run synchronously, so no transaction can start in between.
    if (!this.#isInTransaction()) while (this.#pending !== undefined) await this.#pending
    return work()
  }

  readonly transaction: Transaction = async (work) => {
    if (this.#isInTransaction()) return work()
    while (this.#pending !== undefined) await this.#pending
    const result = this.#runTransaction(work)
    // Waiting calls only need the end of the transaction; its caller receives the error.
    this.#pending = result.then(ignore, ignore)
    try {
      return await result
    } finally {
      this.#pending = undefined
    }
  }

  async #runTransaction<T>(work: () => Promise<T>): Promise<T> {
    const transaction: OpenTransaction = { ended: false }
    const snapshot = this.#maps.map((map) => [...map])
    try {
      return await this.#currentTransaction.run(transaction, work)
    } catch (error) {
      this.#restore(snapshot)
      throw error
    } finally {
      transaction.ended = true
    }
  }

  #isInTransaction(): boolean {
    const transaction = this.#currentTransaction.getStore()
    if (transaction?.ended) throw new Error('This transaction has ended: await every statement within it')
    return transaction !== undefined
  }

  #restore(snapshot: readonly (readonly [string, unknown][])[]): void {
    for (const [index, map] of this.#maps.entries()) {
      map.clear()
      for (const [key, value] of snapshot[index] ?? []) map.set(key, value)
    }
  }
}

function ignore(): void {}

/** Removes at most `limit` entries that expired before `before`, oldest first; returns the number removed. */
export function removeExpired<Value extends { readonly expiresAt: number | null }>(
  map: Map<string, Value>,
  before: number,
  limit: number,
): number {
  const expired = [...map]
    .flatMap(([key, { expiresAt }]) => (expiresAt !== null && expiresAt < before ? [{ key, expiresAt }] : []))
    .sort((left, right) => left.expiresAt - right.expiresAt)
    .slice(0, limit)
  for (const { key } of expired) map.delete(key)
  return expired.length
}

export function removeWhere<Value>(map: Map<string, Value>, matches: (value: Value) => boolean): void {
  for (const [key, value] of map) {
    if (matches(value)) map.delete(key)
  }
}

export function takeValue<Value>(map: Map<string, Value>, key: string): Value | undefined {
  const value = map.get(key)
  map.delete(key)
  return value
}

/** Adds the value; returns `false` without a change if the key is already in use. */
export function addValue<Value>(map: Map<string, Value>, key: string, value: Value): boolean {
  if (map.has(key)) return false
  map.set(key, value)
  return true
}
