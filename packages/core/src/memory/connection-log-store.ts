import {
  type ConnectionAttempt,
  type ConnectionLogStore,
  reservedEntries,
} from '../connection-log/connection-attempt.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export function createMemoryConnectionLogStore(
  state: MemoryState,
  hasClient: (id: string) => boolean,
): ConnectionLogStore {
  const storedAttempts = state.map<ConnectionAttempt>()

  const newestFirst = (clientId: string): ConnectionAttempt[] =>
    [...storedAttempts.values()]
      .filter((attempt) => attempt.clientId === clientId)
      .sort((left, right) => right.sequence - left.sequence)

  return state.store<ConnectionLogStore>({
    insert(attempts, limit) {
      for (const attempt of attempts) if (hasClient(attempt.clientId)) storedAttempts.set(attempt.id, attempt)
      if (limit === undefined) return
      for (const { clientId } of attempts)
        for (const { id } of rankAttempts(newestFirst(clientId), limit).slice(limit)) storedAttempts.delete(id)
    },

    list: (clientId, limit) => (hasClient(clientId) ? newestFirst(clientId).slice(0, limit) : []),

    latest: (clientIds) => clientIds.filter(hasClient).flatMap((id) => newestFirst(id).slice(0, 1)),
    removeByAccount: (accountId) => removeWhere(storedAttempts, (attempt) => attempt.accountId === accountId),

    renameClient(clientId, newId) {
      for (const attempt of newestFirst(clientId)) storedAttempts.set(attempt.id, { ...attempt, clientId: newId })
    },
  })
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
