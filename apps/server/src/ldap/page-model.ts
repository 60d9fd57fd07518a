import type { LdapSample } from '@pocket/directory'
import type { Viewer } from '../http/viewer.ts'
import type { LdapRun } from './ldap-run.ts'

/** Why the directory could not be read; the sentence is `ldap.errors.CODE` in the catalogue. */
export interface LdapFailure {
  readonly code: string
  readonly details: Readonly<Record<string, string>>
}

/** `/settings/admin/ldap`: imports, and what can be tried before them. */
export interface LdapPage {
  readonly view: 'ldap'
  readonly viewer: Viewer
  readonly state: 'missing' | 'off' | 'on'
  /** Whether nothing has shown yet what the first import would do. */
  readonly needsDryRun: boolean
  /** Whether nothing is imported by itself, since nobody has seen what the first import would do. */
  readonly isFirst: boolean
  /** The newest first. */
  readonly runs: readonly LdapRun[]
  /** The one that is shown whole. */
  readonly shown: LdapRun | null
  /** The newest import, where it waits for somebody. */
  readonly waiting: LdapRun | null
  /** What a test of the connection has found. */
  readonly connection: {
    readonly steps: readonly { readonly step: string; readonly outcome: 'done' | 'failed' | 'open' }[]
    readonly failure: LdapFailure | null
    readonly isPrivate: boolean
  } | null
  /** The first entries, or why there are none to show. */
  readonly sample: LdapSample | LdapFailure | null
  /** The code of an error with a sentence. */
  readonly problem: string | null
  readonly link: { readonly user: string; readonly entry: string }
  readonly linkGroup: { readonly group: string; readonly entry: string }
  readonly notice:
    | { readonly done: 'ran' | 'dry' | 'failed' }
    | { readonly done: 'linked'; readonly userName: string; readonly dn: string }
    | null
}
