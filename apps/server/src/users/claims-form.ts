import type { FieldError } from '@pocket/core/errors'
import type { CustomClaim } from '@pocket/directory'
import type { Context } from 'koa'
import { formTexts } from '../http/form.ts'

/** The claims of a form that sends `key` and `value` for each. Empty lines are ignored. `undefined` if the form has no lines. */
export function readClaims(ctx: Context): readonly CustomClaim[] | undefined {
  const keys = formTexts(ctx, 'key')
  const values = formTexts(ctx, 'value', 10_000)
  if (keys.length === 0) return undefined
  return keys
    .map((key, index) => ({ key: key.trim(), value: (values[index] ?? '').trim() }))
    .filter(({ key, value }) => key !== '' || value !== '')
}

/** The rejected claims of a form that also has other fields. */
export function claimsRefusal(problems: readonly FieldError[], claims: readonly CustomClaim[] | undefined) {
  const isOfClaims = ({ field }: FieldError) => field === 'key' || field.startsWith('[')
  return {
    ...(claims && { claims }),
    claimsProblem: problems.find(isOfClaims)?.code ?? null,
    problems: problems.filter((problem) => !isOfClaims(problem)),
  }
}
