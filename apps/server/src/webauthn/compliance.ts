import { type Passkey, type PasskeyPolicy, type PolicyProblem, policyProblems } from '@pocket/core'

const pageSize = 500

/** How the passkeys that exist stand to a policy. */
export interface Compliance {
  readonly passkeys: number
  readonly nonCompliant: number
  /** How many of these comply with the policy before. */
  readonly newlyNonCompliant: number
  /** How many passkeys have each problem; one can have several. */
  readonly problems: Readonly<Record<PolicyProblem, number>>
  /** People who have such passkeys, and those among them who have no other ones. */
  readonly users: number
  readonly usersWithoutCompliant: readonly string[]
}

/** Goes through all passkeys. `before` is the policy that this one is to take the place of. */
export async function complianceWith(
  policy: PasskeyPolicy,
  page: (after: string, limit: number) => Promise<readonly Passkey[]>,
  before: PasskeyPolicy,
): Promise<Compliance> {
  const problems = { unverified: 0, synced: 0, attachment: 0, model_not_allowed: 0, model_denied: 0, not_attested: 0 }
  const affected = new Set<string>()
  const fine = new Set<string>()
  let passkeys = 0
  let nonCompliant = 0
  let newlyNonCompliant = 0
  for (let after: string | undefined = ''; after !== undefined; ) {
    const found = await page(after, pageSize)
    for (const passkey of found) {
      const against = policyProblems(passkey, policy)
      for (const problem of against) problems[problem]++
      ;(against.length > 0 ? affected : fine).add(passkey.accountId)
      if (against.length > 0) nonCompliant++
      if (against.length > 0 && policyProblems(passkey, before).length === 0) newlyNonCompliant++
    }
    passkeys += found.length
    after = found.length === pageSize ? found.at(-1)?.id : undefined
  }
  return {
    passkeys,
    nonCompliant,
    newlyNonCompliant,
    problems,
    users: affected.size,
    usersWithoutCompliant: [...affected].filter((id) => !fine.has(id)),
  }
}
