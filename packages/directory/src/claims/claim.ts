import { InvalidInputError } from '@pocket/core/errors'
import { protocolClaims } from '@pocket/core/internal'
import { atMost, FieldReader, oneLine, required, storable, visible } from '../fields.ts'

/** A claim that an administrator assigns to a user or to all members of a group. */
export interface CustomClaim {
  readonly key: string
  readonly value: string
}

/** Claims that only the provider itself issues, about a user or a token. */
export const reservedClaims: ReadonlySet<string> = new Set([
  // Pocket ID accepts `rat`. It has no effect there: protocol claims of an ID token take precedence.
  ...[...protocolClaims].filter((name) => name !== 'rat'),
  'given_name',
  'family_name',
  'name',
  'email',
  'email_verified',
  'preferred_username',
  'display_name',
  'groups',
  // Names that a JavaScript object does not treat as ordinary properties.
  'prototype',
])

/** The maximum key length, in characters. */
export const maxKeyLength = 255

/**
 * Validates claims and normalizes them for storage (Unicode NFC).
 *
 * @throws InvalidInputError `validation_failed`; `reserved_claim` and `duplicate_claim` with `details.key` and the field `key`
 *
 * @example
 * ```ts
 * checkedClaims([{ key: 'department', value: 'Radio' }]) // stored as they are; [{ key: 'sub', … }] throws `reserved_claim`
 * ```
 */
export function checkedClaims(claims: readonly CustomClaim[]): readonly CustomClaim[] {
  const checked = claims.map(checkedClaim)
  const seen = new Set<string>()
  for (const { key } of checked) {
    if (reservedClaims.has(key)) throw refusal('reserved_claim', key)
    if (seen.has(key)) throw refusal('duplicate_claim', key)
    seen.add(key)
  }
  return checked
}

/** Field names start with the position of the claim. */
function checkedClaim(claim: CustomClaim, index: number): CustomClaim {
  const read = new FieldReader({ ...claim })
  const checked = {
    key: read.text(`[${index}].key`, [required, atMost(maxKeyLength), oneLine, visible], ['key']),
    value: read.text(`[${index}].value`, [required, storable], ['value']),
  }
  read.assertValid('The claim')
  return checked
}

function refusal(code: 'reserved_claim' | 'duplicate_claim', key: string): InvalidInputError {
  const [word, message]: [string, string] =
    code === 'reserved_claim'
      ? ['reserved', 'is said by the provider itself']
      : ['duplicate', 'is there more than once']
  return new InvalidInputError(code, `The claim ${key} ${message}`, {
    details: { key },
    fields: [{ field: 'key', code: word, message }],
  })
}
