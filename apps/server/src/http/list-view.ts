import type { PickedItem } from './choices.ts'

/** Dates such as 2026-01-31; empty if unlimited. */
export interface ListRange {
  readonly from: string
  readonly to: string
}

/** The model of the list partials. URLs begin with `?`. */
export interface ListView {
  readonly path: string
  readonly search: string
  readonly columns: readonly {
    readonly name: string
    readonly href: string | null
    readonly sorted: 'ascending' | 'descending' | null
  }[]
  readonly choices: readonly { readonly name: string; readonly shown: boolean }[]
  readonly filters: readonly {
    readonly name: string
    readonly values: readonly string[]
    readonly chosen: string
    /** Present if a picker chooses the value. */
    readonly picker?: { readonly kind: string; readonly chosen: readonly PickedItem[] }
  }[]
  readonly range?: ListRange
  /** The active filters, each with the URL of the list without it. `label` is the name of a chosen item. */
  readonly applied: readonly {
    readonly name: string
    readonly value: string
    readonly label?: string
    readonly without: string
  }[]
  readonly sorts: readonly { readonly column: string; readonly name: string }[]
  readonly sort: { readonly column: string; readonly descending: boolean }
  readonly limits: readonly number[]
  readonly limit: number
  readonly total: number
  /** The number of items without search and filters, if it is known. */
  readonly all?: number
  readonly page: number
  readonly pages: number
  readonly from: number
  readonly to: number
  readonly previous: string | null
  readonly next: string | null
  /** The last page, unless it is also the next page. */
  readonly last: string | null
  /** The URL of this list, for forms that return to it. */
  readonly here: string
  /** The first page of this list, as form fields. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}
