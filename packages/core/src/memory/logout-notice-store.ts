import { type LogoutNotice, type LogoutNoticeStore, maxRetryDelay } from '../logout-notices/logout-notice-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryLogoutNoticeStore implements LogoutNoticeStore {
  readonly #state: MemoryState
  readonly #notices: Map<string, LogoutNotice>

  constructor(state: MemoryState) {
    this.#state = state
    this.#notices = state.map()
  }

  async insert(notice: LogoutNotice): Promise<void> {
    await this.#state.run(() => this.#notices.set(notice.id, notice))
  }

  claimDue(now: number, until: number, limit: number): Promise<readonly LogoutNotice[]> {
    return this.#state.run(() => {
      const due = [...this.#notices.values()]
        .filter(({ nextAttemptAt }) => nextAttemptAt <= now || nextAttemptAt > now + maxRetryDelay)
        .sort((left, right) => left.nextAttemptAt - right.nextAttemptAt)
        .slice(0, limit)
        .map((notice) => ({ ...notice, attempts: notice.attempts + 1, nextAttemptAt: until }))
      for (const notice of due) this.#notices.set(notice.id, notice)
      return due
    })
  }

  async postpone(id: string, nextAttemptAt: number): Promise<void> {
    await this.#state.run(() => {
      const notice = this.#notices.get(id)
      if (notice) this.#notices.set(id, { ...notice, nextAttemptAt })
    })
  }

  async remove(id: string): Promise<void> {
    await this.#state.run(() => this.#notices.delete(id))
  }

  async removeByClient(clientId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#notices, (notice) => notice.clientId === clientId))
  }
}
