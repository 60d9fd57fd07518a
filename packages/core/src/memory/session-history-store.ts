import type { SessionHistoryStore, SessionLink, SessionOrigin } from '../sessions/session-history-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export function createMemorySessionHistoryStore(state: MemoryState): SessionHistoryStore {
  const removals = state.map<number>()
  const origins = state.map<SessionOrigin>()
  const links = state.map<SessionLink>()

  const countRemovals = (accountId: string) => removals.get(accountId) ?? 0
  const linksWhere = (matches: (link: SessionLink) => boolean) =>
    [...links.values()].filter(matches).sort((left, right) => left.at - right.at || compareSubjects(left, right))

  return state.store<SessionHistoryStore>({
    // The transaction already blocks all other calls.
    lockAccount: countRemovals,
    countRemovals,

    addRemoval: (accountId) => removals.set(accountId, countRemovals(accountId) + 1),
    saveOrigin: (origin) => origins.set(origin.uid, origin),
    findOrigin: (uid) => origins.get(uid),
    originsOf: (accountId) => [...origins.values()].filter((origin) => origin.accountId === accountId),
    originsInBrowser: (browser) => [...origins.values()].filter((origin) => origin.browser === browser),
    endedBy: (passkeyId) => [...origins.values()].filter((origin) => origin.endedBy === passkeyId),
    saveLink: (link) => links.set(JSON.stringify([link.sessionUid, link.kind, link.subject]), link),
    linksOf: (accountId) => linksWhere((link) => link.accountId === accountId),
    linksTo: (kind, subject) => linksWhere((link) => link.kind === kind && link.subject === subject),
    linksIn: (sessionUid) => linksWhere((link) => link.sessionUid === sessionUid),

    dueForReview: (now, limit) =>
      [...origins.values()]
        .filter(({ reviewAt }) => reviewAt <= now)
        .sort((left, right) => left.reviewAt - right.reviewAt)
        .slice(0, limit),

    remove(uid) {
      origins.delete(uid)
      removeWhere(links, (link) => link.sessionUid === uid)
    },

    removeByAccount(accountId) {
      removals.delete(accountId)
      removeWhere(origins, (origin) => origin.accountId === accountId)
      removeWhere(links, (link) => link.accountId === accountId)
    },
  })
}

function compareSubjects(left: SessionLink, right: SessionLink): number {
  return left.subject < right.subject ? -1 : 1
}
