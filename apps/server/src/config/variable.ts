/** A variable's value as it was given: `bytes` differ from `text` only where a file holds something else than UTF-8. */
export interface GivenValue {
  readonly text: string
  readonly bytes: Buffer
}

/** One variable of the environment: what it means and how its text becomes a value. */
export interface Variable<T> {
  readonly name: string
  /** For people: `URL`, `boolean`, `integer`, … */
  readonly type: string
  /** What holds where nothing is given, for people. */
  readonly default: string
  readonly unit?: string
  /** Its value is never shown, and `<name>_FILE` may name a file that holds it. */
  readonly secret?: true
  /** For people, in Markdown. */
  readonly description: string
  /** @throws {WrongValue} */
  readonly parse: (given: GivenValue) => T
}

/** A variable that cannot be used. The message never holds the value of a secret. */
export class InvalidValueError extends Error {
  /** What would be right, as an imperative sentence. */
  readonly remedy: string

  constructor(wrong: string, remedy: string) {
    super(wrong)
    this.name = 'InvalidValueError'
    this.remedy = remedy
  }
}

/** A part of the configuration: its variables, and the reference's words about them. */
export interface Section {
  readonly title: string
  readonly introduction?: string
  // What a variable is parsed to matters only to the section's own reader.
  readonly variables: Readonly<Record<string, Variable<unknown>>>
}

/** One of a few words; case does not count. */
export function parseWord<T extends string>(words: readonly T[]): (given: GivenValue) => T {
  return ({ text }) => {
    const found = words.find((word) => word === text.toLowerCase())
    if (found === undefined) throw new InvalidValueError(`"${text}" is not known`, `Write one of ${words.join(', ')}.`)
    return found
  }
}

const truths: Readonly<Record<string, boolean>> = { true: true, t: true, 1: true, false: false, f: false, 0: false }

/** `true` or `false`, also as `t`, `f`, `1` and `0`; `undefined` for everything else. */
export function asBoolean(text: string): boolean | undefined {
  return Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined
}

export function parseBoolean({ text }: GivenValue): boolean {
  const value = asBoolean(text)
  if (value === undefined) throw new InvalidValueError(`"${text}" is neither true nor false`, 'Write true or false.')
  return value
}
