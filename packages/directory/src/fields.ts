import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import { oneLinePattern, visiblePattern } from '@pocket/core/internal'

type Problem = Pick<FieldError, 'code' | 'message'>

/** Checks a string and returns the problem, if any. */
export type Rule = (text: string) => Problem | undefined

/** Reads text fields from external input, normalizes them (Unicode NFC) and collects problems. */
export class FieldReader {
  readonly #problems: FieldError[] = []
  readonly #input: Readonly<Record<string, unknown>>

  constructor(input: Readonly<Record<string, unknown>>) {
    this.#input = input
  }

  /** The text of `field`, or the empty string if absent. `sources` are the properties that may contain it. */
  text(field: string, rules: readonly Rule[], sources: readonly string[] = [field]): string {
    const value =
      sources.map((source) => this.#input[source]).find((candidate) => candidate !== undefined && candidate !== null) ??
      ''
    if (typeof value !== 'string') {
      this.#addProblem(field, { code: 'invalid_format', message: 'must be text' })
      return ''
    }
    const text = value.normalize('NFC')
    for (const rule of rules) {
      const problem = rule(text)
      if (problem === undefined) continue
      this.#addProblem(field, problem)
      break
    }
    return text
  }

  /** @throws InvalidInputError `validation_failed` with every invalid field. `subject` names the object, as in "The user". */
  assertValid(subject: string): void {
    if (this.#problems.length === 0) return
    const sentences = this.#problems.map(({ field, message }) => `${field} ${message}`)
    throw new InvalidInputError('validation_failed', `${subject} is not valid: ${sentences.join('; ')}`, {
      fields: this.#problems,
    })
  }

  #addProblem(field: string, problem: Problem): void {
    this.#problems.push({ field, ...problem })
  }
}

export const required: Rule = (text) => (text === '' ? { code: 'required', message: 'is required' } : undefined)

/** Lengths are counted in code points, which users perceive as characters. */
export function maxLength(max: number): Rule {
  return (text) =>
    [...text].length > max ? { code: 'too_long', message: `must have at most ${max} characters` } : undefined
}

export function minLength(min: number): Rule {
  return (text) =>
    [...text].length < min ? { code: 'too_short', message: `must have at least ${min} characters` } : undefined
}

export function matches(pattern: RegExp, message: string): Rule {
  return (text) => (text !== '' && !pattern.test(text) ? { code: 'invalid_format', message } : undefined)
}

/** Rejects invisible characters that would make two different names look alike. */
export const oneLine: Rule = matches(oneLinePattern, 'must be a single line of plain text')

export const visible: Rule = matches(visiblePattern, 'must not be blank')

/** Accepts only text that every database stores unchanged: no NUL and no unpaired surrogates. */
export const storable: Rule = matches(/^[^\0\p{Cs}]*$/u, 'must not contain NUL or unpaired surrogates')
