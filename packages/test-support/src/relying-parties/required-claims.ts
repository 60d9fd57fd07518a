import type { Need } from './application.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'
import { RefusalError } from './refusal.ts'

export interface ReceivedClaims {
  readonly idToken: JsonObject
  readonly userInfo: JsonObject
}

const describe = {
  text: 'a string',
  'account name': 'an account name',
  list: 'a list of names',
  objects: 'a list of objects',
  true: 'true',
} as const satisfies Record<Need['is'], string>

const places = {
  'ID token': 'in the ID token',
  UserInfo: 'at UserInfo',
  either: 'in the ID token or at UserInfo',
} as const satisfies Record<Need['from'], string>

export function describeNeed({ claim, is, from }: Need): string {
  return `\`${claim}\` is ${describe[is]} ${places[from]}`
}

export function readClaim(
  { claim, from }: Pick<Need, 'claim' | 'from'>,
  { idToken, userInfo }: ReceivedClaims,
): unknown {
  if (from === 'ID token') return idToken[claim]
  return from === 'UserInfo' ? userInfo[claim] : (idToken[claim] ?? userInfo[claim])
}

/** @throws {RefusalError} if a required claim is missing or invalid */
export function assertRequiredClaim(need: Need, received: ReceivedClaims): void {
  const value = readClaim(need, received)
  if (!matchesRequirement(need.is, value))
    throw new RefusalError(`${need.claim} is ${JSON.stringify(value)} ${places[need.from]}`)
}

function matchesRequirement(is: Need['is'], value: unknown): boolean {
  if (is === 'true') return value === true
  if (is === 'list') return Array.isArray(value) && value.length > 0 && value.every(isText)
  if (is === 'objects') return Array.isArray(value) && value.length > 0 && value.every(isJsonObject)
  return isText(value) && (is === 'text' || !value.includes('@'))
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
