import { setTimeout } from 'node:timers/promises'
import type { PocketStores } from '@pocket/core'
import { DataSource } from 'typeorm'
import { pocketMigrations, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { databaseOf } from '../../src/typeorm/internal-sql.ts'
import { type EmptyDatabase, optionsFor } from '../typeorm/databases.ts'

/** The operations on a single-use artifact; `win` is the consume that succeeds. */
export type Step = 'find' | 'consume' | 'win'

/** Controls one of several processes over the same database. */
export interface StepController {
  /** From now on blocks requests after this step; releases those that are blocked at another step. */
  hold(step: Step): void
  /** Resolves when that many requests for the same artifact are blocked. */
  waitForBlocked(times: number): Promise<void>
  /** Releases all blocked requests at once. */
  open(): void
  /** Advances the clock, which is stopped otherwise. */
  pass(milliseconds: number): void
}

const delay = 10

/** A migrated database with slow stores, which the stack closes. */
export async function openSlowStores(stack: AsyncDisposableStack, open: () => Promise<EmptyDatabase>) {
  const database = stack.use(await open())
  await runMigrations(optionsFor(database), [pocketMigrations])
  const dataSource = await new DataSource(optionsFor(database)).initialize()
  stack.defer(() => dataSource.destroy())
  const startedAt = Date.now()
  return { database, startedAt, ...createSlowStores(dataSource, startedAt) }
}

/**
 * Stores of one process that delay every artifact read and write, so that the statements of concurrent requests interleave. Also
 * returns the controls for the test.
 */
export function createSlowStores(dataSource: DataSource, startedAt: number) {
  delayArtifactStatements(dataSource)
  const stores = typeormStores(dataSource)
  let [now, held]: [number, StepBarrier | undefined] = [startedAt, undefined]
  const controller: StepController = {
    hold: (step) => {
      held?.open()
      held = new StepBarrier(step)
    },
    waitForBlocked: async (times) => held?.waitForBlocked(times),
    open: () => {
      held?.open()
      held = undefined
    },
    pass: (milliseconds) => {
      now += milliseconds
    },
  }
  const { artifacts } = stores
  const find = artifacts.find.bind(artifacts)
  const consume = artifacts.consume.bind(artifacts)
  artifacts.find = async (key) => {
    const found = await find(key)
    await held?.wait('find', key)
    return found
  }
  artifacts.consume = async (key, ...input) => {
    const consumed = await consume(key, ...input)
    await held?.wait('consume', key)
    if (consumed) await held?.wait('win', key)
    return consumed
  }
  const findWithGrants = artifacts.findWithGrants.bind(artifacts)
  const issue = artifacts.issue.bind(artifacts)
  artifacts.findWithGrants = async (keys) => {
    const found = await findWithGrants(keys)
    for (const key of keys) await held?.wait('find', key)
    return found
  }
  artifacts.issue = async (issued) => {
    const outcome = await issue(issued)
    if (issued.use && outcome !== 'revoked') await held?.wait('consume', issued.use.key)
    if (issued.use && outcome === 'issued') await held?.wait('win', issued.use.key)
    return outcome
  }
  const slow: PocketStores = stores
  return { stores: slow, clock: { now: () => now }, controller }
}

/** The requests that are blocked until all are released. */
class StepBarrier {
  readonly #step: Step
  readonly #opened = Promise.withResolvers<void>()
  readonly #waiting = new Map<string, number>()
  #come = Promise.withResolvers<void>()

  constructor(step: Step) {
    this.#step = step
  }

  async wait(step: Step, key: string): Promise<void> {
    if (step !== this.#step) return
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1)
    this.#come.resolve()
    await this.#opened.promise
  }

  async waitForBlocked(times: number): Promise<void> {
    while (Math.max(0, ...this.#waiting.values()) < times) {
      await this.#come.promise
      this.#come = Promise.withResolvers()
    }
  }

  open(): void {
    this.#opened.resolve()
  }
}

function delayArtifactStatements(dataSource: DataSource): void {
  const database = databaseOf(dataSource)
  for (const name of ['query', 'execute'] as const) {
    const run: (sql: string, ...more: readonly never[]) => Promise<unknown> = database[name].bind(database)
    const runAndDelay: typeof run = async (sql, ...more) => {
      const result = await run(sql, ...more)
      if (sql.includes('pocket_artifact')) await setTimeout(delay)
      return result
    }
    Object.defineProperty(database, name, { value: runAndDelay })
  }
}
