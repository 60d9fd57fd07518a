import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { createRemoteJWKSet, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Host } from './host.ts'

type Fields = Readonly<Record<string, string>>

/** The parameters of a redirect to a client. */
export const redirectParameters = ({ location }: UserAgentResponse): Record<string, string> =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams)

/** A `Cookie` header with the cookies that `isSent` accepts. */
export const cookieHeader = (
  agent: UserAgent,
  isSent: (cookie: ReturnType<UserAgent['cookies']>[number]) => boolean = () => true,
): string =>
  agent
    .cookies()
    .filter(isSent)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

/** Posts a form to an endpoint below `/api/oidc`. */
export const sendForm = (
  { issuer }: Pick<Host, 'issuer'>,
  endpoint: string,
  fields: Fields | string | string[][] | URLSearchParams,
  headers: Fields = {},
): Promise<Response> =>
  fetch(`${issuer}/api/oidc/${endpoint}`, { method: 'POST', body: new URLSearchParams(fields), headers })

/** Lets everyone register clients. */
export const openRegistration = async () => ({ mode: 'open', restrictToGroups: false, documentPatterns: [] }) as const

/** Sends JSON, for example client metadata to the registration endpoint. */
export function sendJson(method: string, url: string, body: unknown, token?: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  return fetch(url, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
}

/** Requests UserInfo with a bearer token. */
export const fetchUserInfo = ({ issuer }: Pick<Host, 'issuer'>, token: string): Promise<Response> =>
  fetch(`${issuer}/api/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })

/** The content of a JWT that the provider signed. */
export const verifyJwt = ({ issuer }: Pick<Host, 'issuer'>, token: string, options: JWTVerifyOptions = {}) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)), { issuer, ...options })
