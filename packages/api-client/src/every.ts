/** The query and the response of a list operation. */
interface ListAnswer<Item> {
  readonly data: { readonly data: readonly Item[]; readonly pagination: { readonly totalPages: number } }
}

/**
 * Iterates over all items of a list and fetches pages on demand. Items that are added or removed during the iteration may
 * appear twice or be skipped.
 *
 * @example
 * for await (const user of every((pagination) => pocket.GET('/api/users', { params: { query: { pagination } } })))
 *   console.log(user.username)
 */
export async function* every<Item>(
  read: (pagination: { readonly page: number; readonly limit: number }) => Promise<ListAnswer<Item>>,
): AsyncGenerator<Item, void, void> {
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const { data } = await read({ page, limit: 100 })
    pages = data.pagination.totalPages
    yield* data.data
  }
}
