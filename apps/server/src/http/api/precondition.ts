import { createHash } from 'node:crypto'
import { PreconditionFailed } from '@pocket/core/errors'
import type { Context } from 'koa'

/** What somebody has read of a thing that they want to change: the header `If-Match`, or what a page has kept. */
export interface Precondition {
  readonly ifMatch?: string
}

/** The precondition of a request (RFC 9110 §13.1.1); without the header the last write wins. */
export function preconditionOf(ctx: Context): Precondition {
  const ifMatch = ctx.get('If-Match').trim()
  return ifMatch === '' ? {} : { ifMatch }
}

/** A weak validator (RFC 9110 §8.8.1) of a state: two states have the same one where they say the same. */
export function validatorOf(state: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)}"`
}

/** Whether somebody has read what there is now, or has not said what they have read. */
export function isUnchanged({ ifMatch }: Precondition, validator: string): boolean {
  if (ifMatch === undefined || ifMatch === '*') return true
  // All of ours are weak, so the comparison has to be as well: the strong one would never match.
  const given = [...ifMatch.matchAll(/(?:W\/)?("[\x21\x23-\x7e\x80-\uffff]*")/g)].map(([, tag]) => tag)
  return given.includes(validator.slice(2))
}

/**
 * Call it in the transaction of the change, after the lock: what it has compared must not change before the write.
 *
 * @throws {PreconditionFailed} `precondition_failed` where somebody else has changed it meanwhile
 */
export function assertUnchanged(precondition: Precondition, validator: string): void {
  if (!isUnchanged(precondition, validator))
    throw new PreconditionFailed('precondition_failed', 'It has been changed since it was read.')
}
