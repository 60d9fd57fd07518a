import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { ConfigurationError } from '../errors.ts'
import { withTimeout } from '../within-time.ts'

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
const most = 16_384

/** Calls the host's function and rejects claims that a token cannot contain. @throws {ConfigurationError} which names `claims` */
export async function readHostClaims(
  ask: HostClaims,
  { account, context, hookTimeout }: { account: Account; context: ClaimsContext; hookTimeout: number },
): Promise<Claims> {
  const given: unknown = await withTimeout(() => ask(account, context), hookTimeout).catch((cause: unknown) => {
    throw broken('failed', 'It threw, or did not answer in time.', cause)
  })
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw broken('not_an_object', 'It answered with no object.')
  const reserved = Object.keys(given).find((claim) => protocolClaims.has(claim))
  if (reserved !== undefined) throw broken('reserved', `"${reserved}" is for the protocol to say.`)
  const json = asJson(given)
  if (Buffer.byteLength(json) > most) throw broken('too_large', `It answered with more than ${most} bytes of JSON.`)
  return JSON.parse(json)
}

function asJson(given: object): string {
  try {
    return JSON.stringify(given)
  } catch (cause) {
    throw broken('not_json', 'It answered with something that is no JSON.', cause)
  }
}

function broken(code: string, message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`The option claims cannot be used. ${message}`, {
    cause,
    details: { option: 'claims' },
    fields: [{ field: 'claims', code, message }],
  })
}
