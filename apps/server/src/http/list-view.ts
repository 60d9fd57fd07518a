export type FilterLabels = Readonly<Record<string, ReadonlyMap<string, string>>>

/** Days such as 2026-01-31; empty where there is no limit. */
export interface ListRange {
  readonly from: string
  readonly to: string
}

/** What a list's partials show. Addresses begin with `?`. */
export interface ListView {
  readonly path: string
  readonly search: string
  /** Those that are shown. */
  readonly columns: readonly {
    readonly name: string
    readonly href: string | null
    readonly sorted: 'ascending' | 'descending' | null
  }[]
  readonly choices: readonly { readonly name: string; readonly shown: boolean }[]
  readonly filters: readonly { readonly name: string; readonly values: readonly string[]; readonly chosen: string }[]
  /** What the catalogue cannot name. */
  readonly labels?: FilterLabels
  /** Where days can be asked for. */
  readonly range?: ListRange
  /** What limits it now, each with the address of the list without it. */
  readonly applied: readonly { readonly name: string; readonly value: string; readonly without: string }[]
  readonly sorts: readonly { readonly column: string; readonly name: string }[]
  readonly sort: { readonly column: string; readonly descending: boolean }
  readonly limits: readonly number[]
  readonly limit: number
  /** Items that match, in all pages. */
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly from: number
  readonly to: number
  readonly previous: string | null
  readonly next: string | null
  /** The last page, unless it is the next one. */
  readonly last: string | null
  /** The same list, for forms that come back to it. */
  readonly here: string
  /** The same list from its beginning, as the fields of a form. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}
