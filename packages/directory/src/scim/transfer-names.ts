/** What is done with objects that were refused their new names. */
export interface Renames<Item> {
  /** What it is called now, for comparison. */
  currentRemoteName(item: Item): string
  wantedName(item: Item): string
  /** Gives it a name that nobody wants, for the moment. */
  renameTemporarily(item: Item): Promise<void>
  /** Gives it the name that it wants; never throws for what concerns it alone. */
  settle(item: Item): Promise<void>
}

/**
 * Gives names to objects whose names belong to others of them still: first to whom has the name that somebody else waits for.
 * Where names go round in a ring, one of them is moved aside first.
 */
export async function transferNames<Item>(items: readonly Item[], renames: Renames<Item>): Promise<void> {
  const { currentRemoteName, wantedName, renameTemporarily, settle } = renames
  const holders = new Map(items.map((item) => [currentRemoteName(item), item]))
  const begun = new Set<Item>()
  for (const first of items) {
    const chain: Item[] = []
    let next: Item | undefined = first
    while (next !== undefined && !begun.has(next)) {
      begun.add(next)
      chain.push(next)
      next = holders.get(wantedName(next))
    }
    if (next !== undefined && chain.includes(next)) await renameTemporarily(next)
    for (const item of chain.toReversed()) await settle(item)
  }
}
