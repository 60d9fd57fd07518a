import type { FieldError } from '@pocket/core/errors'
import type {
  ScimKind,
  ScimProblem,
  ScimProblemCode,
  ScimRemoval,
  ScimReport,
  TargetDescription,
} from '@pocket/directory/internal'
import type { ScimState } from '../clients/page-model.ts'
import type { Difference } from '../http/form-page.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'

/** The form values. They never include the stored token. */
export interface ScimFormValues {
  readonly endpoint: string
  readonly removal: ScimRemoval
}

/** `/settings/admin/oidc-clients/<id>/scim`: SCIM provisioning of a client. Its forms are posted to paths below. */
export interface ClientScimPage extends SignedInPage<'client-scim'> {
  readonly client: { readonly id: string; readonly name: string }
  /** Whether only members of certain groups are provisioned. */
  readonly isGroupRestricted: boolean
  /** `null` if not configured. */
  readonly provider: {
    readonly hasToken: boolean
    readonly isRunning: boolean
    readonly state: ScimState['state']
    readonly nextRunAt: number
    readonly succeededAt: number | null
    readonly report: ScimReport | null
    readonly failures: { readonly items: readonly ScimProblem[]; readonly list: ListView }
  } | null
  readonly values: ScimFormValues
  readonly problems: readonly FieldError[]
  /** Existing resources that match a local user or group but are not managed by this server. */
  readonly found: {
    readonly items: readonly {
      readonly kind: ScimKind
      readonly localId: string
      readonly name: string
      readonly remoteName: string
    }[]
    readonly total: number
  }
  /** The result of the connection test in this request. */
  readonly test:
    | ({ readonly works: true } & TargetDescription)
    | { readonly works: false; readonly code: ScimProblemCode; readonly detail: string | null }
    | null
  readonly notice: ScimNotice | null
  readonly count: number
  readonly version: string
  /** The stored values that differ from the entered ones, if another user has since saved a change. */
  readonly conflict: readonly Difference[] | null
}

export const scimNotices = ['saved', 'requested', 'running', 'adopted', 'removed'] as const
export type ScimNotice = (typeof scimNotices)[number]

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'client-scim': ClientScimPage
  }
}
