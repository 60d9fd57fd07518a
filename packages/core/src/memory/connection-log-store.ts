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

  async insert(attempts: readonly ConnectionAttempt[], limit?: number): Promise<void> {
    await this.#state.run(() => {
      for (const attempt of attempts) if (this.#hasClient(attempt.clientId)) this.#attempts.set(attempt.id, attempt)
      if (limit === undefined) return
      for (const { clientId } of attempts)
        for (const { id } of rankAttempts(this.#newestFirst(clientId), limit).slice(limit)) this.#attempts.delete(id)
    })
  }

  list(clientId: string, limit: number): Promise<readonly ConnectionAttempt[]> {
    return this.#state.run(() => (this.#hasClient(clientId) ? this.#newestFirst(clientId).slice(0, limit) : []))
  }

  latest(clientIds: readonly string[]): Promise<readonly ConnectionAttempt[]> {
    const knownClientIds = () => clientIds.filter((id) => this.#hasClient(id))
    return this.#state.run(() => knownClientIds().flatMap((id) => this.#newestFirst(id).slice(0, 1)))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#attempts, (attempt) => attempt.accountId === accountId))
  }

  renameClient(clientId: string, newId: string): Promise<void> {
    return this.#state.run(() => {
      for (const attempt of this.#newestFirst(clientId)) this.#attempts.set(attempt.id, { ...attempt, clientId: newId })
    })
  }

  #newestFirst(clientId: string): ConnectionAttempt[] {
    return [...this.#attempts.values()]
      .filter((attempt) => attempt.clientId === clientId)
      .sort((left, right) => right.sequence - left.sequence)
  }
}

/** Sorts attempts within their guaranteed share first, then the others; each group newest first. */
function rankAttempts(newestFirst: readonly ConnectionAttempt[], limit: number): ConnectionAttempt[] {
  const { authenticated, user, network } = reservedEntries(limit)
  const counts = new Map<string, number>()
  const rankedAttempts = newestFirst.map((attempt) => {
    const { unauthenticatedNetwork, accountId } = attempt
    const source = JSON.stringify([unauthenticatedNetwork, accountId])
    const sourceCount = (counts.get(source) ?? 0) + 1
    counts.set(source, sourceCount)
    // An authenticated client can only fill its own log.
    const isWithinShare =
      unauthenticatedNetwork === null ? accountId === null || sourceCount <= user : sourceCount <= network
    return { attempt, excess: isWithinShare ? 0 : 1 }
  })
  const authenticatedAttempts = rankedAttempts
    .filter(({ attempt }) => attempt.unauthenticatedNetwork === null)
    .toSorted(compareExcess)
  const reserved = new Set(authenticatedAttempts.slice(0, authenticated))
  const rank = (entry: RankedAttempt) => (reserved.has(entry) ? 0 : 1 + entry.excess)
  return rankedAttempts.toSorted((left, right) => rank(left) - rank(right)).map(({ attempt }) => attempt)
}

interface RankedAttempt {
  readonly attempt: ConnectionAttempt
  /** 1 if the user or network has used up its share. */
  readonly excess: number
}

function compareExcess(left: RankedAttempt, right: RankedAttempt): number {
  return left.excess - right.excess
}
