import { afterAll, beforeAll, jest } from '@jest/globals'
import { Database, type Parameter } from '@pocket/core/internal/sql'

export interface SentStatement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

export interface SentStatements {
  /** The statements that are sent during `work`, in order. */
  during(work: () => Promise<unknown>): Promise<readonly SentStatement[]>
  /** The minimum of three attempts, because jobs send their own statements in between. */
  countDuring(work: () => Promise<unknown>): Promise<number>
  /** The database that received the last query. */
  database(): Database
}

/** Records the database statements of a test file, at whose top level it is called. */
export function recordStatements(): SentStatements {
  let query: jest.SpiedFunction<Database['query']>
  let execute: jest.SpiedFunction<Database['execute']>
  // In hooks, because test files of the same run share this module.
  beforeAll(() => {
    query = jest.spyOn(Database.prototype, 'query')
    execute = jest.spyOn(Database.prototype, 'execute')
  })
  afterAll(() => {
    query.mockRestore()
    execute.mockRestore()
  })

  async function during(work: () => Promise<unknown>): Promise<readonly SentStatement[]> {
    const before = { query: query.mock.calls.length, execute: execute.mock.calls.length }
    await work()
    const sent = ([spy, start]: readonly [typeof query | typeof execute, number]) =>
      spy.mock.calls.map(([sql, parameters = []], index) => ({
        ...{ sql, parameters },
        order: index < start ? -1 : (spy.mock.invocationCallOrder[index] ?? 0),
      }))
    return [...sent([query, before.query]), ...sent([execute, before.execute])]
      .filter(({ order }) => order >= 0)
      .sort((a, b) => a.order - b.order)
  }

  return {
    during,
    async countDuring(work) {
      const counts: number[] = []
      for (let attempt = 0; attempt < 3; attempt += 1) counts.push((await during(work)).length)
      return Math.min(...counts)
    },
    database() {
      const used = query.mock.contexts.at(-1)
      if (used instanceof Database) return used
      throw new Error('No statement has been sent yet.')
    },
  }
}
