import type { LogoutNotice } from '@pocket/core'
import { eventually } from '@pocket/test-support'
import { type Host, hour } from './host.ts'

/**
 * Repeats the check of the account's queued logout notices until it succeeds: while the host is about to send a notice, nobody else
 * can claim it.
 */
export function checkNotices(
  { stores, clock }: Pick<Host, 'stores' | 'clock'>,
  accountId: string,
  check: (notices: readonly LogoutNotice[]) => void,
): Promise<void> {
  const found = new Map<string, LogoutNotice>()
  return eventually(async () => {
    const due = await stores.logoutNotices.claimDue(clock.now() + hour, clock.now() + 2 * hour, 1000)
    for (const notice of due) if (notice.accountId === accountId) found.set(notice.id, notice)
    check([...found.values()])
  })
}
