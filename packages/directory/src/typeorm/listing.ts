/** How a table is listed. All names are of columns, and written into the statement as they are. */
export interface Listing {
  /** `SELECT ... FROM ...`, open at the end. `:now` stands for the instant of `now`. */
  readonly select: string
  readonly table: string
  /** By column of {@link Listing.sorts}, where it is no column of the table: `... AS column`, with `:now` as above. */
  readonly computed?: ReadonlyMap<string, string>
  /** What is searched: it holds texts as `nameKey` makes them. */
  readonly searched: string
  /** By the names of the REST API. */
  readonly sorts: ReadonlyMap<string, string>
  /** Columns that are never empty, and that no two rows have in common. */
  readonly unique: ReadonlySet<string>
  /** What is true or false, by the names of filters: columns, or conditions in brackets, with `:now` as above. */
  readonly flags?: ReadonlyMap<string, string>
}
