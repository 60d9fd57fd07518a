import type { Client } from './client.ts'

/**
 * Who is responsible for a client: an administrator who registered it, or its operator, who registered it dynamically
 * (RFC 7591) or provides a metadata document.
 */
export interface ClientOrigin {
  readonly kind: 'administrator' | 'registration' | 'document'
  /** The host of the document, or the unverified client host in the registration. */
  readonly host: string | null
  /** Whether an administrator registered the client or marked it as known; otherwise pages show the host and no logo. */
  readonly isKnown: boolean
  /** The client's privacy policy, an http or https URL; `null` if an administrator registered the client, or it has none. */
  readonly policyUri: string | null
  /** The client's terms of service; the same rules apply. */
  readonly tosUri: string | null
}

type DescribedClient = Pick<Client, 'id' | 'type' | 'registration' | 'protocol'>

export function clientOrigin({ id, type, registration, protocol: { isKnown } }: DescribedClient): ClientOrigin {
  const links = { policyUri: webUrl(registration?.policy_uri), tosUri: webUrl(registration?.tos_uri) }
  if (type === 'cimd') return { kind: 'document', host: hostOf(id), isKnown, ...links }
  if (registration === null) return { kind: 'administrator', host: null, isKnown: true, ...links }
  return { kind: 'registration', host: hostOf(registration.client_uri), isKnown, ...links }
}

type SelfDescription = Pick<Client, 'name' | 'redirectUris' | 'postLogoutRedirectUris' | 'registration'>

/** Whether the self-description of a client is unchanged since an administrator marked the client as known. */
export function hasSameSelfDescription(before: SelfDescription, after: SelfDescription): boolean {
  const serialize = ({ name, redirectUris, postLogoutRedirectUris, registration }: SelfDescription) =>
    JSON.stringify([name, redirectUris, postLogoutRedirectUris, registration])
  return serialize(before) === serialize(after)
}

function hostOf(value: unknown): string | null {
  const url = webUrl(value)
  return url === null ? null : new URL(url).host
}

/** A link must not run a script or hide its target. */
function webUrl(value: unknown): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return url.host === '' || url.username !== '' || url.password !== '' ? null : url.href
}
