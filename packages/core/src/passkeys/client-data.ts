import { InvalidInputError } from '../errors.ts'

/** The unverified client data of a ceremony (WebAuthn Level 3 §5.8.1). */
export interface ClientData {
  readonly challenge: string
  /** Whether the page was framed by another origin, which permits clickjacking; our pages never are. */
  readonly isFramed: boolean
}

/** @throws {InvalidInputError} `passkey_rejected` if it is not JSON, or contains no challenge */
export function parseClientData(clientDataJSON: string): ClientData {
  const { challenge, crossOrigin, topOrigin } = parseJson(clientDataJSON)
  if (typeof challenge !== 'string')
    throw new InvalidInputError('passkey_rejected', 'The client data of the response contains no challenge.')
  const isFramed = (crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined
  return { challenge, isFramed }
}

function parseJson(clientDataJSON: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'))
    return typeof data === 'object' && data !== null ? { ...data } : {}
  } catch (cause) {
    throw new InvalidInputError('passkey_rejected', 'The client data of the response is not JSON.', { cause })
  }
}
