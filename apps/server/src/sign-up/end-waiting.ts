import type { Approval, ApprovalStore } from './approval-store.ts'

/**
 * Somebody waits no more, whatever has been decided. `undefined` where they did not; of any number of calls at once one gets
 * what they waited for.
 */
export async function endSignUpRequest(
  store: Pick<ApprovalStore, 'find' | 'remove'>,
  accountId: string,
): Promise<Pick<Approval, 'wayBack'> | undefined> {
  const waiting = await store.find(accountId)
  return (await store.remove(accountId)) ? { wayBack: waiting?.wayBack ?? null } : undefined
}
