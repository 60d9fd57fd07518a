import type { LdapSample } from '@pocket/directory'
import type { SignedInPage } from '../http/viewer.ts'
import type { LdapRun } from './ldap-run.ts'

/** The reason for a directory failure; its message is `ldap.errors.CODE` in the catalog. */
export interface LdapFailure {
  readonly code: string
  readonly details: Readonly<Record<string, string>>
}

/** `/settings/admin/ldap`: imports and tests. */
export interface LdapPage extends SignedInPage<'ldap'> {
  readonly state: 'missing' | 'off' | 'on'
  /** Whether no run has shown the plan of the first import yet. */
  readonly needsDryRun: boolean
  /** The suffix of the message key of the status summary; `first` until an administrator has seen the plan of the first import. */
  readonly status: 'missing' | 'off' | 'first' | 'on' | 'waiting' | 'failed'
  /** Newest first. */
  readonly runs: readonly LdapRun[]
  /** The report that is shown in full. */
  readonly shown: LdapRun | null
  readonly waiting: LdapRun | null
  readonly connection: {
    readonly steps: readonly { readonly step: string; readonly outcome: 'done' | 'failed' | 'open' }[]
    readonly failure: LdapFailure | null
    readonly isPrivate: boolean
  } | null
  /** The first entries, or the error. */
  readonly sample: LdapSample | LdapFailure | null
  readonly problem: string | null
  readonly link: { readonly user: string; readonly entry: string }
  readonly linkGroup: { readonly group: string; readonly entry: string }
  readonly notice:
    | { readonly done: 'ran' | 'dry' | 'failed' }
    | { readonly done: 'linked'; readonly userName: string; readonly dn: string }
    | null
}

declare module '../http/page-models.ts' {
  interface PageModels {
    readonly ldap: LdapPage
  }
}
