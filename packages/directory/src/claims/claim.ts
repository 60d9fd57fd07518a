import { protocolClaims } from '@pocket/core'
import { InvalidInput } from '@pocket/core/errors'
import { atMost, FieldReader, oneLine, required, storable, visible } from '../fields.ts'

/** A claim that an administrator gives to a user or to everybody in a group. */
export interface CustomClaim {
  readonly key: string
  readonly value: string
}

/** What the provider says itself, of a person or of a token; nobody else may. */
export const reservedClaims: ReadonlySet<string> = new Set([
  // Pocket ID lets `rat` be written. It is no use: what an ID token says of itself comes before it.
  ...[...protocolClaims].filter((name) => name !== 'rat'),
  'given_name',
  'family_name',
  'name',
  'email',
  'email_verified',
  'preferred_username',
  'display_name',
  'groups',
  // As the other names that a JavaScript object would take for something else than a property.
  'prototype',
])

/** The longest key, in characters. */
export const maxKeyLength = 255

/**
 * Claims as they can be stored, Unicode in NFC.
 *
 * @throws InvalidInput `validation_failed`; `reserved_claim` and `duplicate_claim` with `details.key` and the field `key`
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

/** The names of its fields begin with its place. */
function checkedClaim(claim: CustomClaim, index: number): CustomClaim {
  const read = new FieldReader({ ...claim })
  const checked = {
    key: read.text(`[${index}].key`, [required, atMost(maxKeyLength), oneLine, visible], ['key']),
    value: read.text(`[${index}].value`, [required, storable], ['value']),
  }
  read.assertValid('The claim')
  return checked
}

function refusal(code: 'reserved_claim' | 'duplicate_claim', key: string): InvalidInput {
  const [word, message]: [string, string] =
    code === 'reserved_claim'
      ? ['reserved', 'is said by the provider itself']
      : ['duplicate', 'is there more than once']
  return new InvalidInput(code, `The claim ${key} ${message}`, {
    details: { key },
    fields: [{ field: 'key', code: word, message }],
  })
}
