/** A kind of rows of the source. */
export type Subject =
  | 'user'
  | 'group'
  | 'membership'
  | 'claim'
  | 'passkey'
  | 'api key'
  | 'client'
  | 'client secret'
  | 'consent'
  | 'API'
  | 'API grant'
  | 'sign-up token'
  | 'login code'
  | 'SCIM target'
  | 'audit event'
  | 'picture'
  | 'setting'
  | 'signing key'
  | 'refresh token'
  | 'access token'
  | 'short-lived row'

export interface Finding {
  readonly outcome: 'changed' | 'left out'
  readonly subject: Subject
  readonly id: string
  /** A name that an administrator recognizes. */
  readonly name: string
  /** The action and its reason, in one sentence without secrets. */
  readonly reason: string
}

export type FindingSubject = Pick<Finding, 'subject' | 'id' | 'name'>

/** The result of a migration, or of a dry run. */
export interface MigrationReport {
  /** How many rows of a kind the source has, and how many are migrated. */
  readonly counts: Readonly<Partial<Record<Subject, { readonly found: number; readonly migrated: number }>>>
  readonly findings: readonly Finding[]
  /** Sentences about the instance as a whole. */
  readonly notes: readonly string[]
}

/** Collects the report while rows are planned. */
export class ReportCollector {
  readonly #counts = new Map<Subject, { found: number; migrated: number }>()
  readonly #findings: Finding[] = []
  readonly #notes: string[] = []

  found(subject: Subject): void {
    this.#count(subject).found++
  }

  migrated(subject: Subject): void {
    this.#count(subject).migrated++
  }

  changed(row: FindingSubject, reason: string): void {
    this.#findings.push({ outcome: 'changed', ...row, reason })
  }

  leftOut(row: FindingSubject, reason: string): void {
    this.#findings.push({ outcome: 'left out', ...row, reason })
  }

  note(sentence: string): void {
    this.#notes.push(sentence)
  }

  report(): MigrationReport {
    return { counts: Object.fromEntries(this.#counts), findings: this.#findings, notes: this.#notes }
  }

  #count(subject: Subject) {
    const count = this.#counts.get(subject) ?? { found: 0, migrated: 0 }
    this.#counts.set(subject, count)
    return count
  }
}

export function reportLines({ counts, findings, notes }: MigrationReport, isDryRun: boolean): readonly string[] {
  const countLines = Object.entries(counts).map(
    ([subject, { found, migrated }]) => `  ${`${subject}s`.padEnd(20)}${String(migrated).padStart(8)} of ${found}`,
  )
  const findingLines = findings.map(
    ({ outcome, subject, id, name, reason }) =>
      `  ${subject} ${name}${name === id ? '' : ` (${id})`}: ${outcome}. ${reason}`,
  )
  return [
    isDryRun ? 'To be migrated:' : 'Migrated:',
    ...countLines,
    ...(findingLines.length > 0 ? ['', 'Changed or left out:', ...findingLines.map(printable)] : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]
}

/** Names come from the source and must not control the terminal. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
}
