import type { Approval } from './approval.table.ts'
import type { ApprovalStore } from './approval-store.ts'

/**
 * Ends a pending sign-up, whatever the decision. Returns `undefined` if the user was not pending; exactly one of concurrent calls
 * gets the record.
 */
export async function endSignUpRequest(
  store: Pick<ApprovalStore, 'find' | 'remove'>,
  accountId: string,
): Promise<Pick<Approval, 'returnPath'> | undefined> {
  const approval = await store.find(accountId)
  return (await store.remove(accountId)) ? { returnPath: approval?.returnPath ?? null } : undefined
}
