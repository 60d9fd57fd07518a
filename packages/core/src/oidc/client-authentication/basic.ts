export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
  /** Whether both values were form-encoded, which RFC 6749 §2.3.1 requires and some clients omit. */
  readonly isEncoded: boolean
}

export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? []
  if (base64 === undefined) return undefined
  const text = Buffer.from(base64, 'base64').toString()
  const separator = text.indexOf(':')
  if (separator === -1) return undefined
  const raw = { clientId: text.slice(0, separator), clientSecret: text.slice(separator + 1) }
  try {
    return { clientId: decodeForm(raw.clientId), clientSecret: decodeForm(raw.clientSecret), isEncoded: true }
  } catch {
    return { ...raw, isEncoded: false }
  }
}

export function createBasicHeader({
  clientId,
  clientSecret,
}: Pick<BasicCredentials, 'clientId' | 'clientSecret'>): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`
}

/** The undecoded secret of the header, for clients that send a secret unencoded that looks encoded. */
export function rawBasicSecret(header: string | undefined): string | undefined {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? []
  if (base64 === undefined) return undefined
  const text = Buffer.from(base64, 'base64').toString()
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined
}

/** @throws {URIError} */
function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'))
}
