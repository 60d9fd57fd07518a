import { InvalidInputError } from '@pocket/core/errors'
import { protocolClaims } from '@pocket/core/internal'
import { FieldReader, maxLength, oneLine, required, storable, visible } from '../fields.ts'

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
 */
export function validateClaims(claims: readonly CustomClaim[]): readonly CustomClaim[] {
  const validated = claims.map(validateClaim)
  const keys = new Set<string>()
  for (const { key } of validated) {
    if (reservedClaims.has(key)) throw claimError('reserved_claim', key)
    if (keys.has(key)) throw claimError('duplicate_claim', key)
    keys.add(key)
  }
  return validated
}

/** Field names start with the position of the claim. */
function validateClaim(claim: CustomClaim, index: number): CustomClaim {
  const reader = new FieldReader({ ...claim })
  const validated = {
    key: reader.text(`[${index}].key`, [required, maxLength(maxKeyLength), oneLine, visible], ['key']),
    value: reader.text(`[${index}].value`, [required, storable], ['value']),
  }
  reader.assertValid('The claim')
  return validated
}

function claimError(code: 'reserved_claim' | 'duplicate_claim', key: string): InvalidInputError {
  const [fieldCode, message]: [string, string] =
    code === 'reserved_claim' ? ['reserved', 'is set by the provider'] : ['duplicate', 'occurs more than once']
  return new InvalidInputError(code, `The claim ${key} ${message}`, {
    details: { key },
    fields: [{ field: 'key', code: fieldCode, message }],
  })
}
