import { AsyncLocalStorage } from 'node:async_hooks'
import { afterAll, beforeAll, jest } from '@jest/globals'
import { Database, type Parameter } from '@pocket/core/internal/sql'
import { requests } from '../src/telemetry/channels.ts'

export interface SentStatement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

export interface SentStatements {
  /** The statements that `work` and its requests send, in order, without those of jobs. */
  recordDuring(work: () => Promise<unknown>): Promise<readonly SentStatement[]>
  /** The minimum of three attempts, because caches expire in between. */
  countDuring(work: () => Promise<unknown>): Promise<number>
  /** The database that received the last query. */
  database(): Database
}

/** Records the database statements of a test file. Call it at the top level. */
export function recordStatements(): SentStatements {
  const recording = new AsyncLocalStorage<SentStatement[]>()
  let current: SentStatement[] | undefined
  let used: Database | undefined
  const stack = new DisposableStack()
  // In hooks, because test files of the same run share this module.
  beforeAll(() => {
    // The handler of a request does not inherit the context of its client.
    const open = () => current ?? []
    // The types declare the message as the store.
    requests.start.bindStore(recording as never, open as never)
    stack.defer(() => requests.start.unbindStore(recording as never))
    for (const method of ['query', 'execute'] as const) {
      const original = Database.prototype[method]
      const spy = jest.spyOn(Database.prototype, method)
      spy.mockImplementation(function record(this: Database, sql, parameters = [], ...rest: unknown[]) {
        used = this
        recording.getStore()?.push({ sql, parameters })
        return Reflect.apply(original, this, [sql, parameters, ...rest])
      })
      stack.defer(() => spy.mockRestore())
    }
  })
  afterAll(() => stack.dispose())

  async function recordDuring(work: () => Promise<unknown>): Promise<readonly SentStatement[]> {
    const sent: SentStatement[] = []
    current = sent
    await recording.run(sent, work)
    current = undefined
    return [...sent]
  }

  return {
    recordDuring,
    async countDuring(work) {
      const counts: number[] = []
      for (let attempt = 0; attempt < 3; attempt += 1) counts.push((await recordDuring(work)).length)
      return Math.min(...counts)
    },
    database() {
      if (used) return used
      throw new Error('No statement has been sent yet.')
    },
  }
}
