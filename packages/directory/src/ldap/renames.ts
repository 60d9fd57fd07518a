/** A rename, with names as keys. */
export interface Renaming<Item> {
  readonly item: Item
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * Separates renames that hand over names to each other, which must share a transaction, from all others, in any order.
 */
export function findHandovers<Item>(changes: readonly Renaming<Item>[]) {
  const given = new Set(changes.flatMap(({ before, after }) => before.filter((key) => !after.includes(key))))
  const taken = new Set(changes.flatMap(({ before, after }) => after.filter((key) => !before.includes(key))))
  const isHandover = ({ before, after }: Renaming<Item>) =>
    after.some((key) => !before.includes(key) && given.has(key)) ||
    before.some((key) => !after.includes(key) && taken.has(key))
  const items = (part: readonly Renaming<Item>[]) => part.map(({ item }) => item)
  const passed = changes.filter(isHandover)
  const members = new Set(passed)
  return { handovers: items(passed), others: items(changes.filter((change) => !members.has(change))) }
}
