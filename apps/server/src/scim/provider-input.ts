import { type FieldError, InvalidInput } from '@pocket/core/errors'
import type { ScimRemoval } from '@pocket/directory'
import { placeholder } from '../settings/definition.ts'

/** What somebody wants a provider to be. */
export interface ScimProviderInput {
  readonly clientId: string
  readonly endpoint: string
  /** The placeholder keeps the one that is there; empty: none. */
  readonly token: string
  /** Absent: as it is, and at first `deactivate`. */
  readonly removal?: ScimRemoval
}

const maxEndpointLength = 2000
const maxTokenLength = 10_000

/** The token to keep, `undefined` for the one that is there. @throws {InvalidInput} `validation_failed` */
export function checkedToken(input: ScimProviderInput, before: { endpoint: string; hasToken: boolean } | null) {
  const problems = [...endpointProblems(input.endpoint), ...tokenProblems(input.token)]
  const keeps = input.token === placeholder && before?.hasToken === true
  // Whoever has the stored token is whoever was there before: it must not be sent to somebody else.
  const moved = keeps && problems.length === 0 && originOf(before.endpoint) !== originOf(input.endpoint)
  if (moved) problems.push({ field: 'token', code: 'required', message: 'is required, since the endpoint is another' })
  if (problems.length > 0) {
    const text = problems.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInput('validation_failed', text, { fields: problems })
  }
  return keeps ? undefined : input.token === placeholder ? '' : input.token
}

/** Whether the objects that are known by their ids are to be found there still. */
export function isSameEndpoint(one: string, other: string): boolean {
  const bare = (endpoint: string) => endpoint.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  return bare(one) === bare(other)
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
  // It goes into a header.
  return /^[\x21-\x7e]*$/.test(token)
    ? []
    : [{ field: 'token', code: 'invalid_format', message: 'must be letters, digits and punctuation without spaces' }]
}
