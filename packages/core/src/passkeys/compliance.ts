import type { Passkey } from './passkey.ts'
import type { PasskeyPolicy } from './policy.ts'

/** What about a passkey a policy does not accept. */
export type PolicyProblem =
  | 'unverified'
  | 'synced'
  | 'attachment'
  | 'model_not_allowed'
  | 'model_denied'
  | 'not_attested'

type Judged = Pick<Passkey, 'userVerified' | 'deviceType' | 'attachment' | 'aaguid' | 'attestedAt'>

/**
 * Everything that the policy has against a passkey; nothing where it complies.
 *
 * @example
 * ```ts
 * const refused = passkeys.filter((passkey) => policyProblems(passkey, policy).length > 0)
 * ```
 */
export function policyProblems(passkey: Judged, policy: PasskeyPolicy): readonly PolicyProblem[] {
  const { userVerification, attachment, allowSynced, allowedModels, deniedModels, attestation } = policy
  const problems: readonly (readonly [PolicyProblem, boolean])[] = [
    ['unverified', userVerification === 'required' && passkey.userVerified === false],
    ['synced', !allowSynced && passkey.deviceType === 'multiDevice'],
    // A browser that does not say it is no evidence against the passkey.
    ['attachment', attachment !== 'any' && passkey.attachment !== null && passkey.attachment !== attachment],
    ['model_not_allowed', allowedModels.length > 0 && !allowedModels.includes(passkey.aaguid)],
    ['model_denied', deniedModels.includes(passkey.aaguid)],
    ['not_attested', attestation === 'required' && passkey.attestedAt === null],
  ]
  return problems.flatMap(([problem, applies]) => (applies ? [problem] : []))
}

/** Whether passkeys that do not comply are refused at this time (milliseconds since the Unix epoch). */
export function rejectsNonCompliant({ nonCompliance, nonComplianceFrom }: PasskeyPolicy, now: number): boolean {
  return nonCompliance === 'require' && nonComplianceFrom <= now
}
