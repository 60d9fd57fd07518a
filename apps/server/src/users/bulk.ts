import { PocketError } from '@pocket/core/errors'
import type { BulkNotice } from './page-model.ts'

interface Named {
  readonly name: string
}

/** Names of those with whom something was not done: so many, for the rest is carried by a cookie. */
const maxNames = 8

/** Does something with each of several. One who is refused keeps nobody else from it. */
export async function withEach<Item extends Named>(
  done: string,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<BulkNotice> {
  const refused: { name: string; code: string }[] = []
  for (const item of items)
    try {
      await work(item)
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      refused.push({ name: item.name.slice(0, 100), code: error.code })
    }
  return { done, count: items.length - refused.length, refused: refused.slice(0, maxNames) }
}

/** What {@link withEach} has left for a page. Only we can have made it, so it has the shape that we gave it. */
export function bulkNotice(left: Readonly<Record<string, unknown>>): BulkNotice | null {
  return typeof left.done === 'string' ? ({ count: 0, refused: [], ...left } as unknown as BulkNotice) : null
}
