import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { ConfigurationError } from '../errors.ts'
import { callHost } from '../host-rule.ts'

/** The client and the allowed scopes. */
export interface ClaimsContext {
  readonly client: { readonly id: string; readonly name: string }
  /** The requested and allowed scopes, without API scopes. */
  readonly scopes: readonly string[]
}

/**
 * Claims of the host that extend or replace standard claims. Each claim is released with its scope: standard claims
 * with their own scope, other claims with `profile` or if requested by name (OpenID Connect Core §5.5).
 *
 * @example
 * ```ts
 * const claims: HostClaims = (account, { client, scopes }) => ({
 *   department: account.extra?.department,
 *   ...(client.name === 'Photos' && scopes.includes('profile') && { album: `albums/${account.id}` }),
 * })
 * ```
 */
export type HostClaims = (account: Account, context: ClaimsContext) => Claims | Promise<Claims>

/** Maximum size in bytes of JSON. */
const maxClaimsBytes = 16_384

/** Calls the host's function and rejects claims that a token cannot contain. @throws {ConfigurationError} which names `claims` */
export async function readHostClaims(
  hostClaims: HostClaims,
  { account, context, hookTimeout }: { account: Account; context: ClaimsContext; hookTimeout: number },
): Promise<Claims> {
  const run = () => hostClaims(account, context)
  const result: unknown = await callHost({ option: 'claims', run, hookTimeout })
  if (typeof result !== 'object' || result === null || Array.isArray(result))
    throw claimsError('not_an_object', 'The result is not an object.')
  const reservedClaim = Object.keys(result).find((claim) => protocolClaims.has(claim))
  if (reservedClaim !== undefined) throw claimsError('reserved', `"${reservedClaim}" is reserved for the protocol.`)
  const json = asJson(result)
  if (Buffer.byteLength(json) > maxClaimsBytes)
    throw claimsError('too_large', `The result has more than ${maxClaimsBytes} bytes of JSON.`)
  return JSON.parse(json)
}

function asJson(claims: object): string {
  try {
    return JSON.stringify(claims)
  } catch (cause) {
    throw claimsError('not_json', 'The result cannot be converted to JSON.', cause)
  }
}

function claimsError(code: string, message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`The option claims cannot be used. ${message}`, {
    cause,
    details: { option: 'claims' },
    fields: [{ field: 'claims', code, message }],
  })
}
