/** The raw value of a variable: `bytes` differ from `text` only if a file is not valid UTF-8. */
export interface RawValue {
  readonly text: string
  readonly bytes: Buffer
}

export interface Variable<T> {
  readonly name: string
  /** For documentation: `URL`, `boolean`, `integer`, … */
  readonly type: string
  /** The default, for documentation. */
  readonly default: string
  readonly unit?: string
  /** The value is never shown, and `<name>_FILE` may name a file that contains it. */
  readonly secret?: true
  /** For documentation, in Markdown. */
  readonly description: string
  /** @throws {InvalidValueError} */
  readonly parse: (value: RawValue) => T
}

/** An invalid variable. The message never contains the value of a secret. */
export class InvalidValueError extends Error {
  /** How to fix it, as an imperative sentence. */
  readonly remedy: string

  constructor(reason: string, remedy: string) {
    super(reason)
    this.name = 'InvalidValueError'
    this.remedy = remedy
  }
}

export interface Section {
  readonly title: string
  readonly introduction?: string
  // Only the reader of the section needs the parsed types.
  readonly variables: Readonly<Record<string, Variable<unknown>>>
}

/** Parses one of a fixed set of words, ignoring case. */
export function parseEnum<T extends string>(values: readonly T[]): (value: RawValue) => T {
  return ({ text }) => {
    const match = values.find((value) => value === text.toLowerCase())
    if (match === undefined)
      throw new InvalidValueError(`"${text}" is not a valid value`, `Write one of ${values.join(', ')}.`)
    return match
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, t: true, 1: true, false: false, f: false, 0: false }

/** Parses `true` or `false`, also as `t`, `f`, `1` and `0`; `undefined` for all other values. */
export function asBoolean(text: string): boolean | undefined {
  return Object.hasOwn(booleans, text.toLowerCase()) ? booleans[text.toLowerCase()] : undefined
}

export function parseBoolean({ text }: RawValue): boolean {
  const value = asBoolean(text)
  if (value === undefined) throw new InvalidValueError(`"${text}" is neither true nor false`, 'Write true or false.')
  return value
}

export function parsePort({ text }: RawValue): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > 65_535)
    throw new InvalidValueError(`"${text}" is not a port`, 'Write a whole number from 1 to 65535.')
  return value
}
