import type { Account } from '../accounts/account.ts'
import type { Claims } from '../accounts/claims.ts'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import { Misconfigured } from '../errors.ts'
import { withTimeout } from '../within-time.ts'

/** Who wants to know, and what they may. */
export interface ClaimsContext {
  readonly client: { readonly id: string; readonly name: string }
  /** What was asked for and may be told, without the scopes of APIs. */
  readonly scopes: readonly string[]
}

/**
 * What a host says of its people beside the standard claims, or in their place. Each claim is told where its scope is: the
 * standard ones with theirs, any other with `profile`, or where the client asked for it by name (OpenID Connect Core §5.5).
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

/** Bytes of JSON. */
const most = 16_384

/** Asks a host's function, and takes nothing from it that no token could hold. @throws {Misconfigured} which names `claims` */
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

function broken(code: string, message: string, cause?: unknown): Misconfigured {
  return new Misconfigured(`The option claims cannot be used. ${message}`, {
    cause,
    details: { option: 'claims' },
    fields: [{ field: 'claims', code, message }],
  })
}
