import { ConflictError, type FieldError, InvalidInputError, PreconditionFailedError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Precondition } from '../access/actor.ts'
import { formText } from './form.ts'

/** The reason for a rejected form, so that its page can be shown again with the entered values. */
export interface Refusal {
  readonly status: number
  readonly problems: readonly FieldError[]
  /** The error code if the form was rejected as a whole. */
  readonly problem: string | null
  /** Another user has since saved a change. */
  readonly isConflict: boolean
}

/** A stored value that differs from the entered value. `stored` is formatted as on the page. */
export interface Difference<Field extends string = string> {
  readonly field: Field
  readonly stored: string
}

/** Runs the action of a form. Returns the reason for a rejection that the user can correct; rethrows every other error. */
export async function runFormAction(action: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await action()
    return null
  } catch (error) {
    if (error instanceof PreconditionFailedError)
      return { status: error.status, problems: [], problem: null, isConflict: true }
    if (!(error instanceof InvalidInputError || error instanceof ConflictError)) throw error
    const { property } = error.details
    const problems = property === undefined ? error.fields : [...error.fields, alreadyInUse(property)]
    return { status: error.status, problems, problem: problems.length > 0 ? null : error.code, isConflict: false }
  }
}

/** The version that the form was based on, sent as `version`. */
export function submittedVersion(ctx: Context): Precondition {
  const ifMatch = formText(ctx, 'version', 100)
  return ifMatch === '' ? {} : { ifMatch }
}

/** The stored values that differ from the entered values, field by field. */
export function differences<Field extends string>(
  stored: Readonly<Record<Field, string>>,
  submitted: Readonly<Record<Field, string>>,
): readonly Difference<Field>[] {
  // The type guarantees these keys.
  const fields = Object.keys(stored) as Field[]
  return fields.filter((field) => stored[field] !== submitted[field]).map((field) => ({ field, stored: stored[field] }))
}

function alreadyInUse(field: string): FieldError {
  return { field, code: 'already_in_use', message: 'is already in use' }
}
