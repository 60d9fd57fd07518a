import { PocketError } from '@pocket/core/errors'

export interface BulkNotice {
  readonly done: string
  readonly count: number
  readonly names: readonly string[]
  /** The first items that were rejected, with the error code. */
  readonly refused: readonly { readonly name: string; readonly code: string }[]
  readonly refusedCount: number
  /** The number of items that were deleted, or no longer matched, between the confirmation and the action. */
  readonly skipped: number
  /** The inverse action and its items, if the action can be undone. */
  readonly undo?: { readonly act: string; readonly ids: readonly string[] }
  /** Identifies an action of several batches. */
  readonly run?: string
}

interface NamedItem {
  readonly name: string
}

/** Maximum numbers and length of names in the notice, because a cookie carries it. */
const [maxNames, maxRefused, maxNameLength] = [5, 8, 60]

export const nothingSelected: BulkNotice = {
  ...{ done: 'nothing', count: 0, names: [] },
  ...{ refused: [], refusedCount: 0, skipped: 0 },
}

/** The notice of an action that changed all items. */
export function allChanged(done: string, names: readonly string[]): BulkNotice {
  const shown = names.slice(0, maxNames).map((name) => name.slice(0, maxNameLength))
  return { ...nothingSelected, done, count: names.length, names: shown }
}

/** Runs an action for each item. A rejected item does not stop the others, and one that no longer exists is skipped. */
export async function applyToEach<Item extends NamedItem>(
  done: string,
  items: readonly Item[],
  action: (item: Item) => Promise<unknown>,
): Promise<BulkNotice> {
  const changed: string[] = []
  const refused: { name: string; code: string }[] = []
  for (const item of items)
    try {
      await action(item)
      changed.push(item.name)
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      if (error.status !== 404) refused.push({ name: item.name.slice(0, maxNameLength), code: error.code })
    }
  return {
    ...allChanged(done, changed),
    refused: refused.slice(0, maxRefused),
    refusedCount: refused.length,
    skipped: items.length - changed.length - refused.length,
  }
}

/** The notice of the next batch of an action, with the earlier ones. */
export function joinNotices(before: BulkNotice | null, next: BulkNotice): BulkNotice {
  if (before === null) return next
  return {
    done: next.done,
    count: before.count + next.count,
    names: [...before.names, ...next.names].slice(0, maxNames),
    refused: [...before.refused, ...next.refused].slice(0, maxRefused),
    refusedCount: before.refusedCount + next.refusedCount,
    skipped: before.skipped + next.skipped,
  }
}

/** The notice of {@link applyToEach}. The content is authenticated, so its shape is known. */
export function bulkNotice(flash: Readonly<Record<string, unknown>>): BulkNotice | null {
  return typeof flash.done === 'string' ? ({ ...nothingSelected, ...flash } as unknown as BulkNotice) : null
}
