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

type Described = Pick<Client, 'id' | 'type' | 'registration' | 'protocol'>

export function clientOrigin({ id, type, registration, protocol: { isKnown } }: Described): ClientOrigin {
  const links = { policyUri: webAddress(registration?.policy_uri), tosUri: webAddress(registration?.tos_uri) }
  if (type === 'cimd') return { kind: 'document', host: hostOf(id), isKnown, ...links }
  if (registration === null) return { kind: 'administrator', host: null, isKnown: true, ...links }
  return { kind: 'registration', host: hostOf(registration.client_uri), isKnown, ...links }
}

type SelfDescription = Pick<Client, 'name' | 'redirectUris' | 'postLogoutRedirectUris' | 'registration'>

/** Whether the self-description of a client is unchanged since an administrator marked the client as known. */
export function describesItselfAs(known: SelfDescription, said: SelfDescription): boolean {
  const description = ({ name, redirectUris, postLogoutRedirectUris, registration }: SelfDescription) =>
    JSON.stringify([name, redirectUris, postLogoutRedirectUris, registration])
  return description(known) === description(said)
}

function hostOf(address: unknown): string | null {
  const url = webAddress(address)
  return url === null ? null : new URL(url).host
}

/** A link must not run a script or hide its target. */
function webAddress(address: unknown): string | null {
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return url.host === '' || url.username !== '' || url.password !== '' ? null : url.href
}
