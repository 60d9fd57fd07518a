import { PocketError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Flashes } from './flash.ts'

export interface BulkNotice {
  readonly done: string
  readonly count: number
  readonly names: readonly string[]
  /** The items that were rejected, the first ones in a stored notice. */
  readonly refused: readonly RefusedItem[]
  readonly refusedCount: number
  /** The number of items that were as requested before. */
  readonly unchanged: number
  /** The number of items that were deleted, or no longer matched, between the confirmation and the action. */
  readonly skipped: number
  /** The inverse action and its items, if the action can be undone. */
  readonly undo?: { readonly act: string; readonly ids: readonly string[] }
  /** Identifies an action of several batches. */
  readonly run?: string
}

export interface RefusedItem {
  readonly name: string
  /** The error code. */
  readonly code: string
}

interface NamedItem {
  readonly name: string
}

/** Maximum numbers and length of names in the notice, because a cookie carries it. */
const [maxNames, maxNameLength] = [5, 60]
const maxRefused = 8

export const nothingSelected: BulkNotice = {
  ...{ done: 'nothing', count: 0, names: [] },
  ...{ refused: [], refusedCount: 0, unchanged: 0, skipped: 0 },
}

/** The notice of an action that changed all items. */
export function allChanged(done: string, names: readonly string[]): BulkNotice {
  const shown = names.slice(0, maxNames).map((name) => name.slice(0, maxNameLength))
  return { ...nothingSelected, done, count: names.length, names: shown }
}

/**
 * Runs an action for each item. It resolves to `false` if it changes nothing. A rejected item does not stop the others, and one
 * that no longer exists is skipped.
 */
export async function applyToEach<Item extends NamedItem>(
  done: string,
  items: readonly Item[],
  action: (item: Item) => Promise<unknown>,
): Promise<BulkNotice> {
  const changed: string[] = []
  const refused: RefusedItem[] = []
  let unchanged = 0
  for (const item of items)
    try {
      if ((await action(item)) === false) unchanged++
      else changed.push(item.name)
    } catch (error) {
      if (!(error instanceof PocketError) || error.status >= 500) throw error
      if (error.status !== 404) refused.push({ name: item.name.slice(0, maxNameLength), code: error.code })
    }
  return {
    ...allChanged(done, changed),
    refused,
    refusedCount: refused.length,
    unchanged,
    skipped: items.length - changed.length - refused.length - unchanged,
  }
}

/** The notice of the next batch of an action, with the earlier ones. */
export function joinNotices(before: BulkNotice | null, next: BulkNotice): BulkNotice {
  if (before === null) return next
  return {
    done: next.done,
    count: before.count + next.count,
    names: [...before.names, ...next.names].slice(0, maxNames),
    refused: [...before.refused, ...next.refused],
    refusedCount: before.refusedCount + next.refusedCount,
    unchanged: before.unchanged + next.unchanged,
    skipped: before.skipped + next.skipped,
  }
}

/** Stores the notice for the page at `path`, with as much as fits into a cookie. Returns whether all refusals do. */
export function storeNotice(flashes: Flashes, ctx: Context, path: string, notice: BulkNotice): boolean {
  const { names, refused, refusedCount } = notice
  if (flashes.set(ctx, path, { ...notice, refused: refused.slice(0, maxRefused) })) return refusedCount <= maxRefused
  const shortened = { ...notice, names: names.slice(0, 1), refused: refused.slice(0, 2), undo: undefined }
  return flashes.set(ctx, path, shortened) && refusedCount <= 2
}

/** The notice of {@link applyToEach}. The content is authenticated, so its shape is known. */
export function bulkNotice(flash: Readonly<Record<string, unknown>>): BulkNotice | null {
  return typeof flash.done === 'string' ? ({ ...nothingSelected, ...flash } as unknown as BulkNotice) : null
}
