/** The parameters of a list request. Unknown sorts and filters are ignored. */
export interface PageRequest {
  /** Starts at 1; pages beyond the last one return the last page. */
  readonly page: number
  readonly limit: number
  readonly sort: { readonly column: string; readonly descending: boolean } | null
  /** For each field, the accepted values; an empty list accepts all. */
  readonly filters: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** A substring to search for, ignoring case. Empty for no search. */
  readonly search: string
  /** IDs of rows to exclude, any number of them. */
  readonly excludedIds?: readonly string[] | undefined
  /** Restricts users to the members of this group, which has this member count. */
  readonly memberOf?: { readonly groupId: string; readonly count: number } | undefined
  /** Restricts the rows to these IDs. */
  readonly onlyIds?: readonly string[] | undefined
}

/** One page of a list, and the total count. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
}
