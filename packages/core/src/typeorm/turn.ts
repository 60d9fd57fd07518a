/** How long somebody waits for a turn before that is an error, in milliseconds. */
export const turnTimeout = 10_000

interface Waiter {
  start(): void
  refuse(error: Error): void
}

/**
 * A time in which statements of one party alone run on a connection that is shared. Within it further turns can be
 * opened, one after the other; while one is open, everything else in the outer turn waits, first come, first served.
 */
export class Turn {
  /** How many turns this one stands in. */
  readonly depth: number
  readonly #outer: Turn | undefined
  readonly #maxWait: number
  readonly #waiting: Waiter[] = []
  #inner: Turn | undefined
  #ended = false

  protected constructor(outer: Turn | undefined, maxWait: number) {
    this.#outer = outer
    this.#maxWait = maxWait
    this.depth = outer === undefined ? 0 : outer.depth + 1
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Runs `work`, which is synchronous, as soon as no inner turn is open. */
  statement<T>(work: () => T, readonly: boolean): Promise<T> {
    return this.#queue(() => this.perform(work, readonly))
  }

  /** Opens an inner turn as soon as no other one is open. Who opens it has to end it. */
  open(): Promise<Turn> {
    return this.#queue(() => {
      this.beforeInner()
      this.#inner = new Turn(this, this.#maxWait)
      return this.#inner
    })
  }

  /** Ends this turn and lets those who wait in the outer one go on; whoever still waits in this one is refused. */
  end(): void {
    if (this.#ended || this.#outer === undefined) return
    this.#ended = true
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(endedTransaction())
    this.#outer.#goOn()
  }

  protected perform<T>(work: () => T, _readonly: boolean): Promise<T> {
    return new Promise((resolve) => resolve(work()))
  }

  protected beforeInner(): void {}

  protected afterInner(): void {}

  #goOn(): void {
    this.#inner = undefined
    try {
      this.afterInner()
    } finally {
      while (this.#inner === undefined) {
        const next = this.#waiting.shift()
        if (next === undefined) break
        next.start()
      }
    }
  }

  #queue<T>(start: () => T | Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(endedTransaction())
    if (this.#inner === undefined && this.#waiting.length === 0) return new Promise((resolve) => resolve(start()))
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer)
          // A throw has to reach this caller alone, not the one who has just ended a turn.
          new Promise<T>((done) => done(start())).then(resolve, reject)
        },
        refuse: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(new Error(`Waited ${this.#maxWait} ms for a turn: another transaction on this database does not end`))
      }, this.#maxWait)
      this.#waiting.push(waiter)
    })
  }
}

/** A statement came after the end of the transaction that it was made in: nothing may be written outside of it. */
export function endedTransaction(): Error {
  return new Error('This transaction has ended: wait for every statement before leaving it')
}
