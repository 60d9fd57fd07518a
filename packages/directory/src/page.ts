/** What a list is asked for. What the list does not know, of sorts and filters, is left aside. */
export interface PageRequest {
  /** From 1 on; the last page stands for every page beyond it. */
  readonly page: number
  readonly limit: number
  readonly sort: { readonly column: string; readonly descending: boolean } | null
  /** For each field the values of which one has to match; without values everything matches. */
  readonly filters: Readonly<Record<string, readonly (string | number | boolean)[]>>
  /** A part of what is searched, whatever the case of its letters. Empty where everything is wanted. */
  readonly search: string
  /** Rows of these ids, any number of them, are left aside. */
  readonly without?: readonly string[] | undefined
  /** Of users: those alone who are in this group, which has so many members. */
  readonly memberOf?: { readonly groupId: string; readonly count: number } | undefined
  /** Only those with these ids. */
  readonly among?: readonly string[] | undefined
}

/** Some items of a list, and how many there are altogether. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
}
