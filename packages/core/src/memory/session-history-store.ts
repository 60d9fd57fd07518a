import type { SessionHistoryStore, SessionLink, SessionOrigin } from '../sessions/session-history-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export function createMemorySessionHistoryStore(state: MemoryState): SessionHistoryStore {
  const removals = state.map<number>()
  const origins = state.map<SessionOrigin>()
  const links = state.map<SessionLink>()

  const countRemovals: SessionHistoryStore['countRemovals'] = (accountId) =>
    state.run(() => removals.get(accountId) ?? 0)

  const linksWhere = (matches: (link: SessionLink) => boolean): Promise<readonly SessionLink[]> =>
    state.run(() =>
      [...links.values()].filter(matches).sort((left, right) => left.at - right.at || compareSubjects(left, right)),
    )

  return {
    // The transaction already blocks all other calls.
    lockAccount: countRemovals,
    countRemovals,

    async addRemoval(accountId) {
      await state.run(() => removals.set(accountId, (removals.get(accountId) ?? 0) + 1))
    },

    async saveOrigin(origin) {
      await state.run(() => origins.set(origin.uid, origin))
    },

    findOrigin: (uid) => state.run(() => origins.get(uid)),
    originsOf: (accountId) => state.run(() => [...origins.values()].filter((origin) => origin.accountId === accountId)),
    originsInBrowser: (browser) =>
      state.run(() => [...origins.values()].filter((origin) => origin.browser === browser)),
    endedBy: (passkeyId) => state.run(() => [...origins.values()].filter((origin) => origin.endedBy === passkeyId)),

    async saveLink(link) {
      const key = JSON.stringify([link.sessionUid, link.kind, link.subject])
      await state.run(() => links.set(key, link))
    },

    linksOf: (accountId) => linksWhere((link) => link.accountId === accountId),
    linksTo: (kind, subject) => linksWhere((link) => link.kind === kind && link.subject === subject),
    linksIn: (sessionUid) => linksWhere((link) => link.sessionUid === sessionUid),

    dueForReview: (now, limit) =>
      state.run(() =>
        [...origins.values()]
          .filter(({ reviewAt }) => reviewAt <= now)
          .sort((left, right) => left.reviewAt - right.reviewAt)
          .slice(0, limit),
      ),

    async remove(uid) {
      await state.run(() => {
        origins.delete(uid)
        removeWhere(links, (link) => link.sessionUid === uid)
      })
    },

    async removeByAccount(accountId) {
      await state.run(() => {
        removals.delete(accountId)
        removeWhere(origins, (origin) => origin.accountId === accountId)
        removeWhere(links, (link) => link.accountId === accountId)
      })
    },
  }
}

function compareSubjects(left: SessionLink, right: SessionLink): number {
  return left.subject < right.subject ? -1 : 1
}
