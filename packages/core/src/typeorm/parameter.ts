import { InvalidInputError } from '../errors.ts'

/** The parameter types that both databases support. */
export type Parameter = string | number | boolean | null

/** PostgreSQL rejects NUL in text, so SQLite must reject it as well. */
export function rejectNul(parameters: readonly Parameter[]): void {
  for (const value of parameters)
    if (typeof value === 'string' && value.includes('\0'))
      throw new InvalidInputError('validation_failed', 'A string contains a NUL character.')
}
