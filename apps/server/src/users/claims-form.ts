import type { CustomClaim } from '@pocket/directory'
import type { Context } from 'koa'
import { formTexts } from '../http/form.ts'

/** The claims of a form that sends `key` and `value` for each. Empty lines are ignored. */
export function readClaims(ctx: Context): readonly CustomClaim[] {
  const values = formTexts(ctx, 'value', 10_000)
  return formTexts(ctx, 'key')
    .map((key, index) => ({ key: key.trim(), value: (values[index] ?? '').trim() }))
    .filter(({ key, value }) => key !== '' || value !== '')
}
