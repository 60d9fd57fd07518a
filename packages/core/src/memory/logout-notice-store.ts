import { type LogoutNotice, type LogoutNoticeStore, maxRetryDelay } from '../logout-notices/logout-notice-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export function createMemoryLogoutNoticeStore(state: MemoryState): LogoutNoticeStore {
  const notices = state.map<LogoutNotice>()
  return {
    async insert(notice) {
      await state.run(() => notices.set(notice.id, notice))
    },

    claimDue: (now, until, limit) =>
      state.run(() => {
        const due = [...notices.values()]
          .filter(({ nextAttemptAt }) => nextAttemptAt <= now || nextAttemptAt > now + maxRetryDelay)
          .sort((left, right) => left.nextAttemptAt - right.nextAttemptAt)
          .slice(0, limit)
          .map((notice) => ({ ...notice, attempts: notice.attempts + 1, nextAttemptAt: until }))
        for (const notice of due) notices.set(notice.id, notice)
        return due
      }),

    async postpone(id, nextAttemptAt) {
      await state.run(() => {
        const notice = notices.get(id)
        if (notice) notices.set(id, { ...notice, nextAttemptAt })
      })
    },

    async remove(id) {
      await state.run(() => notices.delete(id))
    },

    async removeByClient(clientId) {
      await state.run(() => removeWhere(notices, (notice) => notice.clientId === clientId))
    },
  }
}
