import { type FieldError, InvalidInputError } from '@pocket/core/errors'
import type { ScimRemoval } from '@pocket/directory/internal'
import { mask } from '../access/secret-access.ts'

export interface ScimProviderInput {
  readonly clientId: string
  readonly endpoint: string
  /** The mask keeps the stored token; an empty string removes it. */
  readonly token: string
  /** Default: unchanged, initially `deactivate`. */
  readonly removal?: ScimRemoval
}

const maxEndpointLength = 2000
const maxTokenLength = 10_000

/** The new token, or `undefined` to keep the stored one. @throws {InvalidInputError} `validation_failed` */
export function validateToken(input: ScimProviderInput, before: { endpoint: string; hasToken: boolean } | null) {
  const problems = [...endpointProblems(input.endpoint), ...tokenProblems(input.token)]
  const keepsToken = input.token === mask && before?.hasToken === true
  // The stored token belongs to the previous origin and must not be sent to another one.
  const isOtherOrigin = keepsToken && problems.length === 0 && originOf(before.endpoint) !== originOf(input.endpoint)
  if (isOtherOrigin)
    problems.push({ field: 'token', code: 'required', message: 'is required because the endpoint has changed' })
  if (problems.length > 0) {
    const text = problems.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInputError('validation_failed', text, { fields: problems })
  }
  return keepsToken ? undefined : input.token === mask ? '' : input.token
}

/** Whether the known resource IDs remain valid at the new endpoint. */
export function isSameEndpoint(left: string, right: string): boolean {
  const normalize = (endpoint: string) => endpoint.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  return normalize(left) === normalize(right)
}

function originOf(endpoint: string): string | null {
  return URL.parse(endpoint)?.origin ?? null
}

function endpointProblems(endpoint: string): FieldError[] {
  if (endpoint === '') return [{ field: 'endpoint', code: 'required', message: 'is required' }]
  if (endpoint.length > maxEndpointLength)
    return [{ field: 'endpoint', code: 'too_long', message: `must be at most ${maxEndpointLength} characters long` }]
  const url = URL.parse(endpoint)
  const isUsable =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === ''
  return isUsable ? [] : [{ field: 'endpoint', code: 'invalid_format', message: 'must be a valid URL' }]
}

function tokenProblems(token: string): FieldError[] {
  if (token.length > maxTokenLength)
    return [{ field: 'token', code: 'too_long', message: `must be at most ${maxTokenLength} characters long` }]
  // The token is sent in a header.
  return /^[\x21-\x7e]*$/.test(token)
    ? []
    : [{ field: 'token', code: 'invalid_format', message: 'must be letters, digits and punctuation without spaces' }]
}
