import { isDeepStrictEqual } from 'node:util'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { callHost } from '../host-rule.ts'

/** One entry of `authorization_details` (RFC 9396 §2). */
export type AuthorizationDetail = Readonly<Record<string, unknown>> & { readonly type: string }

/** A type of authorization details that the host supports (RFC 9396 §2). */
export interface AuthorizationDetailsType {
  /** Returns an error message for developers, or `undefined` if the entry is valid. */
  validate(detail: AuthorizationDetail): string | undefined | Promise<string | undefined>
  /** Describes an entry on the consent page. Without it the page shows the entry as JSON. */
  describe?(detail: AuthorizationDetail): string
}

/**
 * Types of authorization details by name (RFC 9396 §2).
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

/**
 * The oidc-provider options for rich authorization requests; not advertised if the host supports no type.
 *
 * @param hookTimeout - milliseconds
 */
export function richAuthorizationRequests(types: AuthorizationDetailsTypes, hookTimeout: number) {
  const supportedTypes = Object.entries(types).map(([name, type]) => [
    name,
    {
      validate: async (_ctx: unknown, detail: AuthorizationDetail) => {
        const message = await callHost({
          option: `protocol.authorizationDetailsTypes.${name}`,
          run: () => type.validate(detail),
          problemOf: (result) =>
            result === undefined || typeof result === 'string' ? undefined : 'it must be a string',
          hookTimeout,
        })
        if (message !== undefined) throw new errors.InvalidAuthorizationDetails(message)
      },
    },
  ])
  return {
    enabled: supportedTypes.length > 0,
    types: Object.fromEntries(supportedTypes),
    /** The library asks for consent to every request with details, so all requested details are granted here. */
    authorizationDetailsForGrantSource: async ({ oidc }: KoaContextWithOIDC) => requestedDetails(oidc.params),
    /** A token receives the granted details, or the requested subset of them (RFC 9396 §6). */
    authorizationDetailsForAccessToken: async ({ oidc }: KoaContextWithOIDC, _token: unknown, source?: Source) => {
      const granted = source?.rar
      const requested = requestedDetails(oidc.params)
      if (!granted || !requested) return granted
      if (requested.every((detail) => granted.some((grantedDetail) => isDeepStrictEqual(grantedDetail, detail))))
        return requested
      throw new errors.InvalidAuthorizationDetails('the request exceeds the granted details')
    },
    authorizationDetailsForIntrospection: async (_ctx: unknown, token: Source) => token.rar,
  }
}

interface Source {
  readonly rar?: AuthorizationDetail[] | undefined
}

/** The requested details; expects a request that the library has validated. */
export function requestedDetails(params: { readonly authorization_details?: unknown } | undefined) {
  const text = params?.authorization_details
  if (typeof text !== 'string') return undefined
  const details: AuthorizationDetail[] = JSON.parse(text)
  return details.length > 0 ? details : undefined
}
