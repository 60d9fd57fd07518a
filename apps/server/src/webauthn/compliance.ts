import type { Passkey, PasskeyPolicy } from '@pocket/core'
import { type PolicyProblem, policyProblems } from '@pocket/core/internal'

const pageSize = 500

export interface Compliance {
  readonly passkeys: number
  readonly nonCompliant: number
  /** The number of these that comply with the previous policy. */
  readonly newlyNonCompliant: number
  /** The number of passkeys with each problem; a passkey can have several. */
  readonly problems: Readonly<Record<PolicyProblem, number>>
  /** Users with non-compliant passkeys, and those among them without a compliant one. */
  readonly users: number
  readonly usersWithoutCompliant: readonly string[]
}

/** Checks all passkeys. `currentPolicy` is the policy that would be replaced. */
export async function checkCompliance(
  policy: PasskeyPolicy,
  readPage: (afterId: string, limit: number) => Promise<readonly Passkey[]>,
  currentPolicy: PasskeyPolicy,
): Promise<Compliance> {
  const problems = { unverified: 0, synced: 0, attachment: 0, model_not_allowed: 0, model_denied: 0, not_attested: 0 }
  const affectedUsers = new Set<string>()
  const compliantUsers = new Set<string>()
  let passkeys = 0
  let nonCompliant = 0
  let newlyNonCompliant = 0
  for (let afterId: string | undefined = ''; afterId !== undefined; ) {
    const batch = await readPage(afterId, pageSize)
    for (const passkey of batch) {
      const violations = policyProblems(passkey, policy)
      for (const problem of violations) problems[problem]++
      ;(violations.length > 0 ? affectedUsers : compliantUsers).add(passkey.accountId)
      if (violations.length > 0) nonCompliant++
      if (violations.length > 0 && policyProblems(passkey, currentPolicy).length === 0) newlyNonCompliant++
    }
    passkeys += batch.length
    afterId = batch.length === pageSize ? batch.at(-1)?.id : undefined
  }
  return {
    passkeys,
    nonCompliant,
    newlyNonCompliant,
    problems,
    users: affectedUsers.size,
    usersWithoutCompliant: [...affectedUsers].filter((id) => !compliantUsers.has(id)),
  }
}
