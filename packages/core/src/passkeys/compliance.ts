import type { Passkey } from './passkey.ts'
import type { PasskeyPolicy } from './policy.ts'

/** A reason why a policy rejects a passkey. */
export type PolicyProblem =
  | 'unverified'
  | 'synced'
  | 'attachment'
  | 'model_not_allowed'
  | 'model_denied'
  | 'not_attested'

type CheckedPasskey = Pick<Passkey, 'userVerified' | 'deviceType' | 'attachment' | 'aaguid' | 'attestedAt'>

/** All policy violations of a passkey; empty if it complies. */
export function policyProblems(passkey: CheckedPasskey, policy: PasskeyPolicy): readonly PolicyProblem[] {
  const { userVerification, attachment, allowSynced, allowedModels, deniedModels, attestation } = policy
  const problems: readonly (readonly [PolicyProblem, boolean])[] = [
    ['unverified', userVerification === 'required' && passkey.userVerified === false],
    ['synced', !allowSynced && passkey.deviceType === 'multiDevice'],
    // An unknown attachment is accepted, because some browsers do not report it.
    ['attachment', attachment !== 'any' && passkey.attachment !== null && passkey.attachment !== attachment],
    ['model_not_allowed', allowedModels.length > 0 && !allowedModels.includes(passkey.aaguid)],
    ['model_denied', deniedModels.includes(passkey.aaguid)],
    ['not_attested', attestation === 'required' && passkey.attestedAt === null],
  ]
  return problems.flatMap(([problem, isViolated]) => (isViolated ? [problem] : []))
}
