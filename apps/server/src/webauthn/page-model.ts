import type { AuthenticatorModel, MetadataState, PolicyProblem } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Difference } from '../http/form-page.ts'
import type { Viewer } from '../http/viewer.ts'
import type { ReviewedThing } from './passkey-removals.ts'
import type { ModelList, PolicyChoice } from './policy-form.ts'

/** A removed passkey after which something that was made with it is still active. */
export interface RemovalNote {
  readonly passkeyName: string
  readonly reviewAt: string
}

/** `…/passkeys/:passkeyId/removed`: what was made in the sessions that ended with a passkey. */
export interface PasskeyRemovedPage {
  readonly view: 'passkey-removed'
  readonly viewer: Viewer
  /** The page that it belongs to. */
  readonly within: 'account' | 'user'
  readonly passkeyName: string
  /** Passkeys first. */
  readonly made: readonly ReviewedThing[]
  readonly submitTo: string
  readonly backTo: string
  /** Everything has just been withdrawn. */
  readonly withdrawn: boolean
}

/** `/settings/admin/passkeys`: which passkeys are accepted. */
export interface PasskeyPolicyPage {
  readonly view: 'passkey-policy'
  readonly viewer: Viewer
  readonly choices: Readonly<Record<PolicyChoice, string>>
  readonly models: Readonly<Record<ModelList, readonly AuthenticatorModel[]>>
  /** Every model that has a name, to choose from. */
  readonly known: readonly AuthenticatorModel[]
  /** What the environment decides, each with its variable. */
  readonly locked: ReadonlyMap<string, string>
  /** How the passkeys that exist stand to the policy. */
  readonly compliance: { readonly passkeys: number; readonly nonCompliant: number }
  readonly metadata: MetadataState
  /** What the form is based on. */
  readonly version: string
  /** What somebody else has saved meanwhile and was not entered here; `null` where nobody has. */
  readonly conflict: readonly Difference<PolicyChoice | ModelList>[] | null
  /** What is wrong with which field. */
  readonly problems: readonly FieldError[]
  readonly notice: 'saved' | 'metadata_read' | 'metadata_failed' | null
}

/** The same address, before a policy is tightened. */
export interface PasskeyPolicyReviewPage {
  readonly view: 'passkey-policy-review'
  readonly viewer: Viewer
  readonly passkeys: number
  readonly nonCompliant: number
  /** How many passkeys have each problem; those that have none are left out. */
  readonly reasons: readonly { readonly problem: PolicyProblem; readonly count: number }[]
  readonly users: number
  /** How many people would have no passkey left that complies, and whether the viewer is one of them. */
  readonly without: number
  readonly withoutViewer: boolean
  readonly nonCompliance: string
  readonly from: string
  /** The variables of the environment that decide them; `null` where none does. */
  readonly locked: { readonly nonCompliance: string | null; readonly from: string | null }
  /** What was chosen, to be sent again. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  /** What the form before it was based on. */
  readonly version: string
  /** The code of an error on the day. */
  readonly dayProblem: string | null
}
