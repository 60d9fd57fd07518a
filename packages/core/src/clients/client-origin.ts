import type { Client } from './client.ts'

/**
 * Who answers for a client: an administrator who registered it, or whoever runs it, who registered it by the protocol
 * (RFC 7591) or describes it in a metadata document.
 */
export interface ClientOrigin {
  readonly kind: 'administrator' | 'registration' | 'document'
  /** The host of the document, or the one that the registration names as the client's own, which nobody has checked. */
  readonly host: string | null
}

export function clientOrigin({ id, type, registration }: Pick<Client, 'id' | 'type' | 'registration'>): ClientOrigin {
  if (type === 'cimd') return { kind: 'document', host: hostOf(id) }
  if (registration === null) return { kind: 'administrator', host: null }
  return { kind: 'registration', host: hostOf(registration.client_uri) }
}

function hostOf(address: unknown): string | null {
  const url = typeof address === 'string' ? URL.parse(address) : null
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && url.host !== '' ? url.host : null
}
