import type {
  SessionHistoryStore,
  SessionLink,
  SessionLinkKind,
  SessionOrigin,
} from '../sessions/session-history-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemorySessionHistoryStore implements SessionHistoryStore {
  readonly #state: MemoryState
  readonly #removals: Map<string, number>
  readonly #origins: Map<string, SessionOrigin>
  readonly #links: Map<string, SessionLink>

  constructor(state: MemoryState) {
    this.#state = state
    this.#removals = state.map()
    this.#origins = state.map()
    this.#links = state.map()
  }

  // The transaction already blocks all other calls.
  lockAccount(accountId: string): Promise<number> {
    return this.countRemovals(accountId)
  }

  countRemovals(accountId: string): Promise<number> {
    return this.#state.run(() => this.#removals.get(accountId) ?? 0)
  }

  async addRemoval(accountId: string): Promise<void> {
    await this.#state.run(() => this.#removals.set(accountId, (this.#removals.get(accountId) ?? 0) + 1))
  }

  async saveOrigin(origin: SessionOrigin): Promise<void> {
    await this.#state.run(() => this.#origins.set(origin.uid, origin))
  }

  findOrigin(uid: string): Promise<SessionOrigin | undefined> {
    return this.#state.run(() => this.#origins.get(uid))
  }

  originsOf(accountId: string): Promise<readonly SessionOrigin[]> {
    return this.#state.run(() => [...this.#origins.values()].filter((origin) => origin.accountId === accountId))
  }

  originsInBrowser(browser: string): Promise<readonly SessionOrigin[]> {
    return this.#state.run(() => [...this.#origins.values()].filter((origin) => origin.browser === browser))
  }

  endedBy(passkeyId: string): Promise<readonly SessionOrigin[]> {
    return this.#state.run(() => [...this.#origins.values()].filter((origin) => origin.endedBy === passkeyId))
  }

  async saveLink(link: SessionLink): Promise<void> {
    const key = JSON.stringify([link.sessionUid, link.kind, link.subject])
    await this.#state.run(() => this.#links.set(key, link))
  }

  linksOf(accountId: string): Promise<readonly SessionLink[]> {
    return this.#linksWhere((link) => link.accountId === accountId)
  }

  linksTo(kind: SessionLinkKind, subject: string): Promise<readonly SessionLink[]> {
    return this.#linksWhere((link) => link.kind === kind && link.subject === subject)
  }

  linksIn(sessionUid: string): Promise<readonly SessionLink[]> {
    return this.#linksWhere((link) => link.sessionUid === sessionUid)
  }

  dueForReview(now: number, limit: number): Promise<readonly SessionOrigin[]> {
    return this.#state.run(() =>
      [...this.#origins.values()]
        .filter(({ reviewAt }) => reviewAt <= now)
        .sort((left, right) => left.reviewAt - right.reviewAt)
        .slice(0, limit),
    )
  }

  async remove(uid: string): Promise<void> {
    await this.#state.run(() => {
      this.#origins.delete(uid)
      removeWhere(this.#links, (link) => link.sessionUid === uid)
    })
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => {
      this.#removals.delete(accountId)
      removeWhere(this.#origins, (origin) => origin.accountId === accountId)
      removeWhere(this.#links, (link) => link.accountId === accountId)
    })
  }

  #linksWhere(matches: (link: SessionLink) => boolean): Promise<readonly SessionLink[]> {
    return this.#state.run(() =>
      [...this.#links.values()]
        .filter(matches)
        .sort((left, right) => left.at - right.at || compareSubjects(left, right)),
    )
  }
}

function compareSubjects(left: SessionLink, right: SessionLink): number {
  return left.subject < right.subject ? -1 : 1
}
