import type { FieldError } from '@pocket/core/errors'
import type { ScimKind, ScimProblemCode, ScimRemoval, ScimReport, TargetDescription } from '@pocket/directory'
import type { Difference } from '../http/form-page.ts'
import type { Viewer } from '../http/viewer.ts'

/** What the form holds. The token that is stored is never in it. */
export interface ScimFormValues {
  readonly endpoint: string
  readonly removal: ScimRemoval
}

/** `/settings/admin/oidc-clients/<id>/scim`: where its people are provisioned. Its forms are posted below the same address. */
export interface ClientScimPage {
  readonly view: 'client-scim'
  readonly viewer: Viewer
  readonly client: { readonly id: string; readonly name: string }
  /** Whether people of some groups only are provisioned. */
  readonly isGroupRestricted: boolean
  /** `null`: nowhere yet. */
  readonly provider: {
    readonly hasToken: boolean
    readonly isRunning: boolean
    readonly state: ScimState['state']
    readonly nextRunAt: number
    readonly succeededAt: number | null
    readonly report: ScimReport | null
  } | null
  readonly values: ScimFormValues
  readonly problems: readonly FieldError[]
  /** What was there before, looks like somebody of ours, and is not ours. */
  readonly found: {
    readonly items: readonly {
      readonly kind: ScimKind
      readonly localId: string
      readonly name: string
      readonly remoteName: string
    }[]
    readonly total: number
  }
  /** What came of the test that was asked for by this request. */
  readonly test:
    | ({ readonly works: true } & TargetDescription)
    | { readonly works: false; readonly code: ScimProblemCode; readonly detail: string | null }
    | null
  readonly notice: ScimNotice | null
  /** How many were taken over. */
  readonly count: number
  readonly version: string
  /** What is there now and not what was entered, where somebody else has saved meanwhile. */
  readonly conflict: readonly Difference[] | null
}

export const scimNotices = ['saved', 'requested', 'running', 'adopted', 'removed'] as const
export type ScimNotice = (typeof scimNotices)[number]

/** What the page of a client says of it. */
export interface ScimState {
  readonly state: 'none' | 'waiting' | 'works' | 'incomplete' | 'fails'
  /** When its last run ended. */
  readonly at: number | null
}
