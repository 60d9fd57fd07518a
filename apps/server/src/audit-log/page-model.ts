import type { Place } from '../geoip/location.ts'
import type { ListView } from '../http/list-view.ts'
import type { Viewer } from '../http/viewer.ts'

/** Whom or what a sentence names. `name` is `null` where it is not known, `href` where there is nothing to go to. */
export interface Subject {
  readonly name: string | null
  readonly href: string | null
}

/** An entry of the audit log as people read it. Instants are milliseconds since the Unix epoch. */
export interface AuditLine {
  readonly id: string
  readonly event: string
  /** Below `auditLog.sentences` in the catalogue; the first one that is there is the sentence. */
  readonly keys: readonly string[]
  /** For the placeholders of the sentence. */
  readonly subjects: Readonly<Record<string, Subject>>
  readonly at: number
  /** How often it happened, and when it did last. */
  readonly occurrences: number
  readonly lastAt: number
  /** Browser and system; empty where they are not known. */
  readonly device: string
  readonly ipAddress: string | null
  /** Where that was at that time, in English; empty where it is not known. */
  readonly place: Place
  /** Why something was refused: the code of an error. */
  readonly code: string | null
  readonly isRefusal: boolean
  readonly changes: readonly AuditChange[]
  /** What else there is to say, by its technical names; only for administrators. */
  readonly details: readonly { readonly name: string; readonly value: string }[]
}

/** What a field was and what it has become; `null` is nothing. */
export interface AuditChange {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
}

/** `/settings/audit-log`: what happened to whoever looks at it. */
export interface AuditLogPage {
  readonly view: 'audit-log'
  readonly viewer: Viewer
  readonly list: ListView
  readonly lines: readonly AuditLine[]
}

/** `/settings/admin/audit-log`: what happened to everybody. */
export interface AuditLogAllPage extends Omit<AuditLogPage, 'view'> {
  readonly view: 'audit-log-all'
  /** Where this part of it can be had as a file. */
  readonly exports: { readonly csv: string; readonly jsonl: string }
}
