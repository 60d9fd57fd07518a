/** The maximum wait for a turn, in milliseconds. */
export const turnTimeout = 10_000

interface Waiter {
  start(): void
  cancel(error: Error): void
}

/** What a turn is opened for. */
export type TurnUse = 'statement' | 'transaction'

/**
 * Exclusive use of a shared connection. Within a turn further turns can be opened one at a time; while one is open, other
 * work of the outer turn waits in FIFO order.
 */
export class Turn {
  /** The nesting depth of this turn. */
  readonly depth: number
  readonly #outerTurn: Turn | undefined
  protected readonly maxWait: number
  readonly #waiting: Waiter[] = []
  #innerTurn: Turn | undefined
  #ended = false
  #used = false

  protected constructor(outerTurn: Turn | undefined, maxWait: number) {
    this.#outerTurn = outerTurn
    this.maxWait = maxWait
    this.depth = outerTurn === undefined ? 0 : outerTurn.depth + 1
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Runs the synchronous `work` as soon as no inner turn is open. */
  statement<T>(work: () => T, readonly: boolean): Promise<T> {
    return this.#queue(() => this.runStatement(work, readonly))
  }

  /** Opens an inner turn as soon as no other one is open. The caller must end it. */
  open(use: TurnUse = 'statement'): Promise<Turn> {
    return this.#queue(() => {
      this.beforeInnerTurn(use)
      this.#innerTurn = new Turn(this, this.maxWait)
      return this.#innerTurn
    })
  }

  /** Ends this turn, resumes callers that wait in the outer turn, and rejects callers that still wait in this one. */
  end(): void {
    if (this.#ended || this.#outerTurn === undefined) return
    this.#ended = true
    for (const waiter of this.#waiting.splice(0)) waiter.cancel(endedTransaction())
    this.#outerTurn.#closeInnerTurn()
  }

  protected runStatement<T>(work: () => T, _readonly: boolean): Promise<T> {
    return settle(work)
  }

  protected get hasInnerTurn(): boolean {
    return this.#innerTurn !== undefined
  }

  /** Whether the inner turn, or one within it, has been used since the last call. */
  protected takeUse(): boolean {
    const inner = this.#innerTurn
    if (inner === undefined) return false
    const isUsed = inner.takeUse() || inner.#used
    inner.#used = false
    return isUsed
  }

  protected beforeInnerTurn(_use: TurnUse): void {}

  protected afterInnerTurn(): void {}

  /** Runs when the callers that waited for the inner turn have started, and none of them has opened another one. */
  protected whenIdle(): void {}

  #closeInnerTurn(): void {
    this.#innerTurn = undefined
    try {
      this.afterInnerTurn()
    } finally {
      while (this.#innerTurn === undefined) {
        const next = this.#waiting.shift()
        if (next === undefined) break
        next.start()
      }
      if (this.#innerTurn === undefined) this.whenIdle()
    }
  }

  #queue<T>(start: () => T | Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(endedTransaction())
    this.#used = true
    if (this.#innerTurn === undefined && this.#waiting.length === 0) return settle(start)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer)
          // An error must reach only this caller, not the caller that has just ended a turn.
          settle(start).then(resolve, reject)
        },
        cancel: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(new Error(`Waited ${this.maxWait} ms for a turn: another transaction on this database does not end`))
      }, this.maxWait)
      this.#waiting.push(waiter)
    })
  }
}

/** As `Promise.try`, but a promise that `work` returns is not wrapped in another one, which costs two microtasks. */
function settle<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Rejects a statement issued after its transaction ended, since it must not write outside of it. */
export function endedTransaction(): Error {
  return new Error('This transaction has ended: await every statement within it')
}
