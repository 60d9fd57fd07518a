import { createHash } from 'node:crypto'
import { PreconditionFailedError } from '@pocket/core/errors'
import type { Precondition } from '../../access/actor.ts'

/** A weak validator (RFC 9110 §8.8.1) of a state: equal states have equal validators. */
export function validatorOf(state: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)}"`
}

/** Whether the caller's version is current; also true without a precondition. */
export function isUnchanged({ ifMatch }: Precondition, validator: string): boolean {
  if (ifMatch === undefined || ifMatch === '*') return true
  // All validators of this server are weak, so the comparison must be weak as well.
  const tags = [...ifMatch.matchAll(/(?:W\/)?("[\x21\x23-\x7e\x80-\uffff]*")/g)].map(([, tag]) => tag)
  return tags.includes(validator.slice(2))
}

/**
 * Call it in the transaction of the change, after locking: the compared state must not change before the write.
 *
 * @throws {PreconditionFailedError} `precondition_failed` if the resource has changed since
 */
export function assertUnchanged(precondition: Precondition, validator: string): void {
  if (!isUnchanged(precondition, validator))
    throw new PreconditionFailedError('precondition_failed', 'The resource has changed since it was read.')
}
