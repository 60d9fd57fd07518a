import type { LdapRun } from './ldap-run.ts'

/** Where the reports of imports are kept, the newest of them. */
export interface LdapRunStore {
  /** Keeps a report, and removes the oldest beyond so many. */
  add(run: LdapRun, most: number): Promise<void>
  /** The newest first. */
  list(limit: number): Promise<readonly LdapRun[]>
  find(id: string): Promise<LdapRun | undefined>
  /** Whether people have ever been imported. */
  anySucceeded(): Promise<boolean>
}
