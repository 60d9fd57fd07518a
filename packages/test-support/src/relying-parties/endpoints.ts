import type { ProtocolBehavior } from './application.ts'
import { isJsonObject } from './json-object.ts'
import { type Checklist, RefusalError } from './refusal.ts'
import { fetchJson } from './requests.ts'

export interface Endpoints {
  readonly issuer: string
  readonly authorization: string
  readonly token: string
  readonly userInfo: string
  readonly endSession: string | null
  readonly jwks: string
  readonly algorithms: unknown
}

export interface EndpointOptions {
  /** The issuer that an administrator enters. */
  readonly issuer: string
  /** A user's e-mail address and the WebFinger server of its domain. */
  readonly webFinger?: { readonly address: string; readonly origin: string } | undefined
  readonly fetch: typeof fetch
}

const issuerRelation = 'http://openid.net/specs/connect/1.0/issuer'

/** @throws {RefusalError} if discovery fails by the application's rules */
export async function findEndpoints(
  { endpoints: source }: ProtocolBehavior,
  where: EndpointOptions,
  checks: Checklist,
): Promise<Endpoints> {
  if (source === 'WebFinger') await checks.check('WebFinger names the issuer as entered', () => assertWebFinger(where))
  const name = source === 'typed' ? 'The endpoints to enter are published' : 'Discovery contains every endpoint'
  const found = await checks.check(name, () => discover(where))
  if (source === 'discovery' || source === 'WebFinger')
    await checks.check('Discovery names the issuer as entered', () => assertIssuer(found.issuer, where.issuer))
  return found
}

function assertIssuer(issuer: unknown, typed: string): void {
  if (issuer !== typed) throw new RefusalError(`The issuer is ${JSON.stringify(issuer)} instead of "${typed}"`)
}

async function discover({ issuer, fetch }: EndpointOptions): Promise<Endpoints> {
  const document = await fetchJson(fetch, `${issuer}/.well-known/openid-configuration`)
  const readUrl = (member: string): string => {
    const value = document[member]
    if (typeof value === 'string' && URL.canParse(value)) return value
    throw new RefusalError(`${member} of discovery is ${JSON.stringify(value)}`)
  }
  return {
    issuer: readUrl('issuer'),
    authorization: readUrl('authorization_endpoint'),
    token: readUrl('token_endpoint'),
    userInfo: readUrl('userinfo_endpoint'),
    endSession: document.end_session_endpoint === undefined ? null : readUrl('end_session_endpoint'),
    jwks: readUrl('jwks_uri'),
    algorithms: document.id_token_signing_alg_values_supported,
  }
}

async function assertWebFinger({ issuer, webFinger, fetch }: EndpointOptions): Promise<void> {
  if (webFinger === undefined) throw new RefusalError('The domain has no WebFinger server')
  const query = new URLSearchParams({ resource: `acct:${webFinger.address}`, rel: issuerRelation })
  const { links } = await fetchJson(fetch, `${webFinger.origin}/.well-known/webfinger?${query}`)
  const link = Array.isArray(links) ? links.filter(isJsonObject).find(({ rel }) => rel === issuerRelation) : undefined
  assertIssuer(link?.href, issuer)
}
