/** A rename, with names as keys. */
export interface Rename<Item> {
  readonly item: Item
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * Separates renames that hand over names to each other, which must share a transaction, from all others, in any order.
 */
export function findLinkedRenames<Item>(renames: readonly Rename<Item>[]) {
  const releasedKeys = new Set(renames.flatMap(({ before, after }) => before.filter((key) => !after.includes(key))))
  const claimedKeys = new Set(renames.flatMap(({ before, after }) => after.filter((key) => !before.includes(key))))
  const isLinked = ({ before, after }: Rename<Item>) =>
    after.some((key) => !before.includes(key) && releasedKeys.has(key)) ||
    before.some((key) => !after.includes(key) && claimedKeys.has(key))
  const toItems = (renames: readonly Rename<Item>[]) => renames.map(({ item }) => item)
  const linked = renames.filter(isLinked)
  const linkedSet = new Set(linked)
  return { linked: toItems(linked), independent: toItems(renames.filter((change) => !linkedSet.has(change))) }
}
