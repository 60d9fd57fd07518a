/** The query and the response of a list operation. */
interface ListResponse<Item> {
  readonly data: { readonly data: readonly Item[]; readonly pagination: { readonly totalPages: number } }
}

/**
 * Iterates over all items of a list and fetches pages on demand. Items that are added or removed during the iteration may
 * appear twice or be skipped.
 *
 * @example
 * ```ts
 * for await (const user of paginate((pagination) => pocket.GET('/api/users', { params: { query: { pagination } } })))
 *   console.log(user.username)
 * ```
 */
export async function* paginate<Item>(
  fetchPage: (pagination: { readonly page: number; readonly limit: number }) => Promise<ListResponse<Item>>,
): AsyncGenerator<Item, void, void> {
  if (typeof fetchPage !== 'function') throw new TypeError('The argument must be a function that requests a page.')
  for (let page = 1, totalPages = 1; page <= totalPages; page += 1) {
    const { data } = (await fetchPage({ page, limit: 100 })) ?? {}
    if (!Array.isArray(data?.data) || !data.pagination)
      throw new TypeError('The function must return the response of a list, such as pocket.GET(…).')
    totalPages = data.pagination.totalPages
    yield* data.data
  }
}
