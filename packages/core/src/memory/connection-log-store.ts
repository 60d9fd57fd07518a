import {
  type ConnectionAttempt,
  type ConnectionLogStore,
  reservedEntries,
} from '../connection-log/connection-attempt.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryConnectionLogStore implements ConnectionLogStore {
  readonly #state: MemoryState
  readonly #attempts: Map<string, ConnectionAttempt>
  readonly #hasClient: (id: string) => boolean

  constructor(state: MemoryState, hasClient: (id: string) => boolean) {
    this.#state = state
    this.#attempts = state.map()
    this.#hasClient = hasClient
  }

  async insert(attempts: readonly ConnectionAttempt[], limit: number): Promise<void> {
    await this.#state.run(() => {
      for (const attempt of attempts) if (this.#hasClient(attempt.clientId)) this.#attempts.set(attempt.id, attempt)
      for (const { clientId } of attempts)
        for (const { id } of ranked(this.#newestFirst(clientId), limit).slice(limit)) this.#attempts.delete(id)
    })
  }

  list(clientId: string, limit: number): Promise<readonly ConnectionAttempt[]> {
    return this.#state.run(() => (this.#hasClient(clientId) ? this.#newestFirst(clientId).slice(0, limit) : []))
  }

  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]> {
    const known = () => clientIds.filter((id) => this.#hasClient(id))
    return this.#state.run(() => known().flatMap((id) => this.#newestFirst(id).slice(0, 1)))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#attempts, (attempt) => attempt.accountId === accountId))
  }

  #newestFirst(clientId: string): ConnectionAttempt[] {
    return [...this.#attempts.values()]
      .filter((attempt) => attempt.clientId === clientId)
      .sort((left, right) => right.sequence - left.sequence)
  }
}

/** Sorts attempts within their guaranteed share first, then the others; each group newest first. */
function ranked(newestFirst: readonly ConnectionAttempt[], limit: number): ConnectionAttempt[] {
  const { known, user, network } = reservedEntries(limit)
  const counts = new Map<string, number>()
  const weighed = newestFirst.map((attempt) => {
    const { stranger, accountId } = attempt
    const who = JSON.stringify([stranger, accountId])
    const fromSameNetwork = (counts.get(who) ?? 0) + 1
    counts.set(who, fromSameNetwork)
    // An authenticated client can only fill its own log.
    const isWithinShare = stranger === null ? accountId === null || fromSameNetwork <= user : fromSameNetwork <= network
    return { attempt, excess: isWithinShare ? 0 : 1 }
  })
  const fromKnownSenders = weighed.filter(({ attempt }) => attempt.stranger === null).toSorted(compareExcess)
  const stay = new Set(fromKnownSenders.slice(0, known))
  const rank = (each: Weighed) => (stay.has(each) ? 0 : 1 + each.excess)
  return weighed.toSorted((left, right) => rank(left) - rank(right)).map(({ attempt }) => attempt)
}

interface Weighed {
  readonly attempt: ConnectionAttempt
  /** 1 if the user or network has used up its share. */
  readonly excess: number
}

function compareExcess(left: Weighed, right: Weighed): number {
  return left.excess - right.excess
}
