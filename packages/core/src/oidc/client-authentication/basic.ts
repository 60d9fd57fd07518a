/** What an `Authorization: Basic` header says. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
  /** Whether both were form-encoded, as RFC 6749 §2.3.1 demands and some clients forget. */
  readonly encoded: boolean
}

export function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? []
  if (base64 === undefined) return undefined
  const text = Buffer.from(base64, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  const raw = { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  try {
    return { clientId: formDecoded(raw.clientId), clientSecret: formDecoded(raw.clientSecret), encoded: true }
  } catch {
    return { ...raw, encoded: false }
  }
}

export function basicHeader({ clientId, clientSecret }: Pick<BasicCredentials, 'clientId' | 'clientSecret'>): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`
}

/** The secret as it stands in the header, for a client that has not encoded it although it could be decoded. */
export function rawBasicSecret(header: string | undefined): string | undefined {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? []
  if (base64 === undefined) return undefined
  const text = Buffer.from(base64, 'base64').toString()
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined
}

/** @throws {URIError} */
function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'))
}
