/** What a list is asked for, and what it answers. */
interface ListAnswer<Item> {
  readonly data: { readonly data: readonly Item[]; readonly pagination: { readonly totalPages: number } }
}

/**
 * Everything on all pages of a list, read page by page as it is needed. What is added or removed meanwhile may be told
 * twice or left out.
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
