/** The old and the new value of a field; `null` for no value. */
export interface Change {
  readonly before: unknown
  readonly after: unknown
}

/** The changed fields by name. */
export type Changes = Readonly<Record<string, Change>>

export interface ChangeOptions {
  /** Fields that are not relevant for the log. */
  readonly except?: readonly string[] | undefined
  /** Fields whose values must not appear in the log; only the change is recorded. */
  readonly secret?: readonly string[] | undefined
}

const redactedValue = '(redacted)'

/**
 * Compares two states of an object; `null` stands for an object before its creation or after its removal. The result can be
 * spread into an event: it has no `changes` if nothing differs.
 */
export function changesBetween(
  before: object | null,
  after: object | null,
  { except = [], secret = [] }: ChangeOptions = {},
): { readonly changes?: Changes } {
  const oldValues = new Map<string, unknown>(Object.entries(before ?? {}))
  const newValues = new Map<string, unknown>(Object.entries(after ?? {}))
  const names = [...new Set([...oldValues.keys(), ...newValues.keys()])].filter((name) => !except.includes(name))
  const redact = (name: string, value: unknown) => (secret.includes(name) && !isEmpty(value) ? redactedValue : value)
  const changed = names.flatMap((name): [string, Change][] => {
    const [from = null, to = null] = [oldValues.get(name), newValues.get(name)]
    // Empty fields of a created or removed object carry no information.
    if (JSON.stringify(from) === JSON.stringify(to) || (isEmpty(from) && isEmpty(to))) return []
    return [[name, { before: redact(name, from), after: redact(name, to) }]]
  })
  return changed.length === 0 ? {} : { changes: Object.fromEntries(changed) }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
