/** The operations for objects that could not be renamed yet. */
export interface RenameOperations<Item> {
  currentRemoteName(item: Item): string
  newRemoteName(item: Item): string
  /** Renames it to a temporary unused name. */
  renameTemporarily(item: Item): Promise<void>
  /** Renames it to its new name; never throws for a failure of this object alone. */
  rename(item: Item): Promise<void>
}

/**
 * Renames objects whose new names are still in use by others of them, starting with names that others wait for. To break a
 * cycle, one object is first renamed temporarily.
 */
export async function transferNames<Item>(items: readonly Item[], operations: RenameOperations<Item>): Promise<void> {
  const { currentRemoteName, newRemoteName, renameTemporarily, rename } = operations
  const itemByName = new Map(items.map((item) => [currentRemoteName(item), item]))
  const visited = new Set<Item>()
  for (const first of items) {
    const chain: Item[] = []
    let next: Item | undefined = first
    while (next !== undefined && !visited.has(next)) {
      visited.add(next)
      chain.push(next)
      next = itemByName.get(newRemoteName(next))
    }
    if (next !== undefined && chain.includes(next)) await renameTemporarily(next)
    for (const item of chain.toReversed()) await rename(item)
  }
}
