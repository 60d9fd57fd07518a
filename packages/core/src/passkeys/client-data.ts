import { InvalidInput } from '../errors.ts'

/** What a browser says about a ceremony (WebAuthn Level 3 §5.8.1), not yet believed. */
export interface ClientData {
  readonly challenge: string
  /** Whether the page was inside one of another origin, where a click can be stolen: no page of ours wants that. */
  readonly isFramed: boolean
}

/** @throws {InvalidInput} `passkey_rejected` where it is no JSON, or names no challenge */
export function clientDataOf(clientDataJSON: string): ClientData {
  const { challenge, crossOrigin, topOrigin } = parsed(clientDataJSON)
  if (typeof challenge !== 'string')
    throw new InvalidInput('passkey_rejected', 'The client data of the response names no challenge.')
  const isFramed = (crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined
  return { challenge, isFramed }
}

function parsed(clientDataJSON: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'))
    return typeof data === 'object' && data !== null ? { ...data } : {}
  } catch (cause) {
    throw new InvalidInput('passkey_rejected', 'The client data of the response is no JSON.', { cause })
  }
}
