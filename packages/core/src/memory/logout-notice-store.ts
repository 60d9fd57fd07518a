import { type LogoutNotice, type LogoutNoticeStore, maxRetryDelay } from '../logout-notices/logout-notice-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export function createMemoryLogoutNoticeStore(state: MemoryState): LogoutNoticeStore {
  const notices = state.map<LogoutNotice>()
  return state.store<LogoutNoticeStore>({
    insert: (notice) => notices.set(notice.id, notice),

    claimDue(now, until, limit) {
      const due = [...notices.values()]
        .filter(({ nextAttemptAt }) => nextAttemptAt <= now || nextAttemptAt > now + maxRetryDelay)
        .sort((left, right) => left.nextAttemptAt - right.nextAttemptAt)
        .slice(0, limit)
        .map((notice) => ({ ...notice, attempts: notice.attempts + 1, nextAttemptAt: until }))
      for (const notice of due) notices.set(notice.id, notice)
      return due
    },

    postpone(id, nextAttemptAt) {
      const notice = notices.get(id)
      if (notice) notices.set(id, { ...notice, nextAttemptAt })
    },

    remove: (id) => notices.delete(id),

    removeByClient: (clientId) => removeWhere(notices, (notice) => notice.clientId === clientId),
  })
}
