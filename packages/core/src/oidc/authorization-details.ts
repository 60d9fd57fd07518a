import { isDeepStrictEqual } from 'node:util'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'

/** One entry of `authorization_details` (RFC 9396 §2). */
export type AuthorizationDetail = Readonly<Record<string, unknown>> & { readonly type: string }

/** A type of authorization details that a host offers (RFC 9396 §2). */
export interface AuthorizationDetailsType {
  /** What is wrong with an entry, for developers; `undefined` where nothing is. */
  validate(detail: AuthorizationDetail): string | undefined | Promise<string | undefined>
  /** What an entry allows, in words for the person who is asked. Without it the entry is shown as it is. */
  describe?(detail: AuthorizationDetail): string
}

/**
 * Types of authorization details by their names (RFC 9396 §2).
 *
 * @example
 * ```ts
 * const types: AuthorizationDetailsTypes = {
 *   payment: {
 *     validate: ({ amount }) => (typeof amount === 'number' ? undefined : 'has no amount'),
 *     describe: ({ amount }) => `Pay ${amount} francs`,
 *   },
 * }
 * ```
 */
export type AuthorizationDetailsTypes = Readonly<Record<string, AuthorizationDetailsType>>

/** Rich authorization requests as the library sees them; not advertised where a host offers no type. */
export function richAuthorizationRequests(types: AuthorizationDetailsTypes) {
  const validated = Object.entries(types).map(([name, type]) => [
    name,
    {
      validate: async (_ctx: unknown, detail: AuthorizationDetail) => {
        const wrong = await type.validate(detail)
        if (wrong !== undefined) throw new errors.InvalidAuthorizationDetails(wrong)
      },
    },
  ])
  return {
    enabled: validated.length > 0,
    types: Object.fromEntries(validated),
    /** Whoever comes this far was asked: the library asks for consent whenever there are details. */
    authorizationDetailsForGrantSource: async ({ oidc }: KoaContextWithOIDC) => requestedDetails(oidc.params),
    /** A token gets what was consented to, or the part of it that is asked for (RFC 9396 §6). */
    authorizationDetailsForAccessToken: async ({ oidc }: KoaContextWithOIDC, _token: unknown, source?: Source) => {
      const granted = source?.rar
      const wanted = requestedDetails(oidc.params)
      if (!granted || !wanted) return granted
      if (wanted.every((detail) => granted.some((held) => isDeepStrictEqual(held, detail)))) return wanted
      throw new errors.InvalidAuthorizationDetails('more was asked for than was granted')
    },
    authorizationDetailsForIntrospection: async (_ctx: unknown, token: Source) => token.rar,
  }
}

interface Source {
  readonly rar?: AuthorizationDetail[] | undefined
}

/** What a request asks for, once the library has found it well-formed. */
export function requestedDetails(params: { readonly authorization_details?: unknown } | undefined) {
  const text = params?.authorization_details
  if (typeof text !== 'string') return undefined
  const details: AuthorizationDetail[] = JSON.parse(text)
  return details.length > 0 ? details : undefined
}
