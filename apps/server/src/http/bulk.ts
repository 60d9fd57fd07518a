import { PocketError } from '@pocket/core/errors'

/** The result of a bulk action. */
export interface BulkNotice {
  readonly done: string
  readonly count: number
  /** The items that were rejected, with the error code. */
  readonly refused: readonly { readonly name: string; readonly code: string }[]
  /** The inverse action and its items, if the action can be undone. */
  readonly undo?: { readonly act: string; readonly ids: readonly string[] }
}

interface NamedItem {
  readonly name: string
}

/** Maximum number of names in the notice, because a cookie carries it. */
const maxNames = 8

/** Runs an action for each item. A rejected item does not stop the others. */
export async function applyToEach<Item extends NamedItem>(
  done: string,
  items: readonly Item[],
  action: (item: Item) => Promise<unknown>,
): Promise<BulkNotice> {
  const refused: { name: string; code: string }[] = []
  for (const item of items)
    try {
      await action(item)
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      refused.push({ name: item.name.slice(0, 100), code: error.code })
    }
  return { done, count: items.length - refused.length, refused: refused.slice(0, maxNames) }
}

/** The notice of {@link applyToEach}. The content is authenticated, so its shape is known. */
export function bulkNotice(flash: Readonly<Record<string, unknown>>): BulkNotice | null {
  return typeof flash.done === 'string' ? ({ count: 0, refused: [], ...flash } as unknown as BulkNotice) : null
}
