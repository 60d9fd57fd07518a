import { Conflict, type FieldError, InvalidInput, PreconditionFailed } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Precondition } from './api/precondition.ts'
import { formText } from './form.ts'

/** Why a form was refused, so that its page can be shown again with what was typed. */
export interface Refusal {
  readonly status: number
  /** What is wrong with which field. */
  readonly problems: readonly FieldError[]
  /** Why it was refused as a whole: the code of an error. */
  readonly problem: string | null
  /** Somebody else has saved meanwhile. */
  readonly isConflict: boolean
}

/** What is there now and not what was entered. `stored` is as the page shows it. */
export interface Difference<Field extends string = string> {
  readonly field: Field
  readonly stored: string
}

/** Does what a form asks for. Returns why it was refused, where a person can do something about it; throws everything else. */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof PreconditionFailed)
      return { status: error.status, problems: [], problem: null, isConflict: true }
    if (!(error instanceof InvalidInput || error instanceof Conflict)) throw error
    const { property } = error.details
    const problems = property === undefined ? error.fields : [...error.fields, taken(property)]
    return { status: error.status, problems, problem: problems.length > 0 ? null : error.code, isConflict: false }
  }
}

/** What the form was based on, which it has sent back as `version`. */
export function versionSent(ctx: Context): Precondition {
  const ifMatch = formText(ctx, 'version', 100)
  return ifMatch === '' ? {} : { ifMatch }
}

/** What is stored now and differs from what was entered, field by field. */
export function differences<Field extends string>(
  stored: Readonly<Record<Field, string>>,
  entered: Readonly<Record<Field, string>>,
): readonly Difference<Field>[] {
  // The type says which fields there are.
  const fields = Object.keys(stored) as Field[]
  return fields.filter((field) => stored[field] !== entered[field]).map((field) => ({ field, stored: stored[field] }))
}

function taken(field: string): FieldError {
  return { field, code: 'already_in_use', message: 'is in use already' }
}
