/** What a field was and what it has become; `null` where there was or is nothing. */
export interface Change {
  readonly before: unknown
  readonly after: unknown
}

/** By the names of the fields, only those that are not as they were. */
export type Changes = Readonly<Record<string, Change>>

export interface ChangeOptions {
  /** Fields that say nothing to whoever reads the log. */
  readonly except?: readonly string[] | undefined
  /** Fields of which the log may know that they changed, and nothing else. */
  readonly secret?: readonly string[] | undefined
}

const redacted = '(redacted)'

/**
 * Compares two states of a thing; `null` stands for a thing that is not there yet, or no longer. Returns an object that
 * can be spread into an event: without `changes` where nothing differs.
 *
 * @example
 * ```ts
 * const event = { event: 'account_updated', accountId, fields, ...changesBetween(before, after, { secret: ['phone'] }) }
 * ```
 */
export function changesBetween(
  before: object | null,
  after: object | null,
  { except = [], secret = [] }: ChangeOptions = {},
): { readonly changes?: Changes } {
  const old = new Map<string, unknown>(Object.entries(before ?? {}))
  const now = new Map<string, unknown>(Object.entries(after ?? {}))
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => !except.includes(name))
  const shown = (name: string, value: unknown) => (secret.includes(name) && !isEmpty(value) ? redacted : value)
  const changed = names.flatMap((name): [string, Change][] => {
    const [from = null, to = null] = [old.get(name), now.get(name)]
    // Of a new thing, or one that is gone, what is empty tells nothing.
    if (JSON.stringify(from) === JSON.stringify(to) || (isEmpty(from) && isEmpty(to))) return []
    return [[name, { before: shown(name, from), after: shown(name, to) }]]
  })
  return changed.length === 0 ? {} : { changes: Object.fromEntries(changed) }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
