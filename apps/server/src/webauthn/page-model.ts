import type { MetadataState } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { AuthenticatorModel, PolicyProblem } from '@pocket/core/internal'
import type { Difference } from '../http/form-page.ts'
import type { SignedInPage } from '../http/viewer.ts'
import type { ReviewedCredential } from './passkey-removals.ts'
import type { ModelList, PolicyChoice } from './policy-form.ts'

/** A removed passkey whose sessions created something that is still active. */
export interface RemovalNote {
  readonly passkeyName: string
  readonly reviewUrl: string
}

/** `…/passkeys/:passkeyId/removed`: the credentials that were created in the sessions of a removed passkey. */
export interface PasskeyRemovedPage extends SignedInPage<'passkey-removed'> {
  readonly within: 'account' | 'user'
  readonly passkeyName: string
  /** Passkeys come first. */
  readonly credentials: readonly ReviewedCredential[]
  readonly submitTo: string
  readonly backTo: string
  /** Whether everything has just been revoked. */
  readonly withdrawn: boolean
}

/** `/settings/admin/passkeys`: the passkey policy. */
export interface PasskeyPolicyPage extends SignedInPage<'passkey-policy'> {
  readonly choices: Readonly<Record<PolicyChoice, string>>
  readonly models: Readonly<Record<ModelList, readonly AuthenticatorModel[]>>
  readonly known: readonly AuthenticatorModel[]
  /** The settings that the environment provides, with their variables. */
  readonly locked: ReadonlyMap<string, string>
  readonly compliance: { readonly passkeys: number; readonly nonCompliant: number }
  readonly metadata: MetadataState
  readonly version: string
  /** Conflicting changes that another user has saved since; `null` if there are none. */
  readonly conflict: readonly Difference<PolicyChoice | ModelList>[] | null
  readonly problems: readonly FieldError[]
  readonly notice: 'saved' | 'metadata_read' | 'metadata_failed' | null
}

/** The confirmation at the same path before a policy is tightened. */
export interface PasskeyPolicyReviewPage extends SignedInPage<'passkey-policy-review'> {
  readonly passkeys: number
  readonly nonCompliant: number
  /** The number of passkeys with each problem; problems without passkeys are omitted. */
  readonly reasons: readonly { readonly problem: PolicyProblem; readonly count: number }[]
  readonly users: number
  /** The number of users who would have no compliant passkey left, and whether the viewer is one of them. */
  readonly without: number
  readonly withoutViewer: boolean
  readonly nonCompliance: string
  /** The environment variable that overrides this setting, if any. */
  readonly locked: string | null
  /** The submitted values, to be sent again. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly version: string
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'passkey-policy': PasskeyPolicyPage
    readonly 'passkey-policy-review': PasskeyPolicyReviewPage
    readonly 'passkey-removed': PasskeyRemovedPage
  }
}
