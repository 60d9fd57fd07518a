/** How a table is listed. All names are columns, and are inserted into the statement unchanged. */
export interface Listing {
  /** `SELECT ... FROM ...`, to be completed by the caller. `:now` stands for the current time. */
  readonly select: string
  readonly table: string
  /** Expressions for {@link Listing.sortColumns} that are not table columns: `... AS column`, with `:now` as above. */
  readonly computedColumns?: ReadonlyMap<string, string>
  /** The column or expression to search, which contains strings normalized by `nameKey`. */
  readonly searchColumn: string
  /** Columns by their sort names in the REST API. */
  readonly sortColumns: ReadonlyMap<string, string>
  /** Columns that are never null and have unique values. */
  readonly uniqueColumns: ReadonlySet<string>
  /** Boolean columns or conditions in parentheses by filter name, with `:now` as above. */
  readonly filterColumns?: ReadonlyMap<string, string>
}
