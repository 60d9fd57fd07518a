import type { Client } from './client.ts'

/**
 * Who answers for a client: an administrator who registered it, or whoever runs it, who registered it by the protocol
 * (RFC 7591) or describes it in a metadata document.
 */
export interface ClientOrigin {
  readonly kind: 'administrator' | 'registration' | 'document'
  /** The host of the document, or the one that the registration names as the client's own, which nobody has checked. */
  readonly host: string | null
  /** Whether an administrator registered it, or has marked it as known; until then a page shows the host and no logo. */
  readonly isKnown: boolean
  /** The client's own privacy policy, an http or https URL; `null` where an administrator registered it, or it names none. */
  readonly policyUri: string | null
  /** The client's own terms of service, likewise. */
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

/** Whether a client says the same of itself: what an administrator looked at before marking it as known. */
export function describesItselfAs(known: SelfDescription, said: SelfDescription): boolean {
  const description = ({ name, redirectUris, postLogoutRedirectUris, registration }: SelfDescription) =>
    JSON.stringify([name, redirectUris, postLogoutRedirectUris, registration])
  return description(known) === description(said)
}

function hostOf(address: unknown): string | null {
  const url = webAddress(address)
  return url === null ? null : new URL(url).host
}

/** A link must neither run something nor hide where it leads. */
function webAddress(address: unknown): string | null {
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return url.host === '' || url.username !== '' || url.password !== '' ? null : url.href
}
