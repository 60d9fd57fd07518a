import type { Location } from '../geoip/location.ts'
import type { ListView } from '../http/list-view.ts'
import type { SignedInPage } from '../http/viewer.ts'

/** An object of an event. `name` is `null` if unknown, `href` is `null` if there is no page to link to. */
export interface Subject {
  readonly kind: 'account' | 'actor' | 'client' | 'passkey' | 'group' | 'api' | 'apiKey' | 'job' | 'reason' | 'origin'
  readonly name: string | null
  readonly href: string | null
}

/** An audit log entry as a page shows it. Instants are milliseconds since the Unix epoch. */
export interface AuditLine {
  readonly id: string
  readonly event: string
  readonly subjects: readonly Subject[]
  /** The user who acted on another user. */
  readonly actor: Subject | null
  readonly at: number
  readonly occurrences: number
  readonly lastAt: number
  /** Browser and operating system; empty if unknown. */
  readonly device: string
  readonly ipAddress: string | null
  /** Location of the IP address at that time, in English; empty if unknown. */
  readonly place: Location
  readonly code: string | null
  readonly isRefusal: boolean
  readonly changes: readonly AuditChange[]
  /** Additional fields by their technical names; only for administrators. */
  readonly details: readonly { readonly name: string; readonly value: string }[]
}

/** The old and the new values of a field; no value means empty. */
export interface AuditChange {
  /** The technical name, shown if the catalog has none of the labels. */
  readonly field: string
  /** The catalog key of the settings page, if a label alone is ambiguous. */
  readonly section: string | null
  /** Possible catalog keys of the label. */
  readonly labels: readonly string[]
  readonly before: readonly AuditValue[]
  readonly after: readonly AuditValue[]
}

export interface AuditValue {
  /** Shown if the catalog has none of the keys. */
  readonly text: string
  readonly keys: readonly string[]
  /** Milliseconds since the Unix epoch, if it is an instant. */
  readonly at: number | null
}

/** `/settings/audit-log`: events of the signed-in user. */
export interface AuditLogPage extends SignedInPage<'audit-log'> {
  readonly list: ListView
  readonly lines: readonly AuditLine[]
}

/** `/settings/admin/audit-log`: events of all users. */
export interface AuditLogAllPage extends Omit<AuditLogPage, 'view'> {
  readonly view: 'audit-log-all'
  readonly exports: { readonly csv: string; readonly jsonl: string }
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly 'audit-log-all': AuditLogAllPage
    readonly 'audit-log': AuditLogPage
  }
}
