const selection = process.env.POCKET_TESTS

/**
 * Divides the cases of a matrix between the two commands: `pnpm test` runs those that can fail differently, `pnpm test:full`
 * the others, and a file that is run by name runs all.
 *
 * @param isQuick - whether `pnpm test` runs the case
 */
export function selectCases<Case>(cases: readonly Case[], isQuick: (each: Case) => boolean): readonly Case[] {
  return selection === undefined ? cases : cases.filter((each) => isQuick(each) === (selection === 'quick'))
}

/**
 * `test` or `describe` for what a file does not divide, although it divides others: `pnpm test:full` leaves it out.
 *
 * @param register - `test` or `describe`
 */
export function quickOnly<Register>(register: Register): Register {
  const ignore = Object.assign(() => {}, { each: () => () => {} })
  // A caller calls the result and its `each` only.
  return selection === 'full' ? (ignore as Register) : register
}

export function firstOfEach<Item>(items: readonly Item[], groupOf: (item: Item) => unknown): ReadonlySet<Item> {
  return new Set([...Map.groupBy(items, groupOf).values()].flatMap((group) => group.slice(0, 1)))
}

/** The databases for tests whose SQL is tested elsewhere on both: SQLite in `pnpm test`, PostgreSQL in `pnpm test:full`. */
export const databaseKinds: readonly ('SQLite' | 'PostgreSQL')[] = selectCases(
  ['SQLite', 'PostgreSQL'] as const,
  (kind) => kind === 'SQLite',
)
