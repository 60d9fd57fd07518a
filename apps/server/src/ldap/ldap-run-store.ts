import type { LdapRun } from './ldap-run.ts'

/** Stores the latest import reports. */
export interface LdapRunStore {
  /** Stores a report and deletes the oldest beyond this number. */
  add(run: LdapRun, maxRuns: number): Promise<void>
  /** Newest first. */
  list(limit: number): Promise<readonly LdapRun[]>
  find(id: string): Promise<LdapRun | undefined>
  /** Whether any import has succeeded. */
  hasSucceededRun(): Promise<boolean>
}
