import type { FieldError } from '../errors.ts'
import { PasskeyError } from './passkey-error.ts'

export function getJson(address: string): Promise<unknown> {
  return request(address, { method: 'GET' })
}

export function postJson(address: string, body: object): Promise<unknown> {
  return request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The URL in the server's response. Schemes other than `http` and `https` are rejected, especially `javascript:`. */
export function redirectOf(answer: unknown): string {
  const redirectTo = member(answer, 'redirectTo')
  if (typeof redirectTo === 'string' && URL.canParse(redirectTo, location.href)) {
    const { href, protocol } = new URL(redirectTo, location.href)
    if (protocol === 'https:' || protocol === 'http:') return href
  }
  throw new PasskeyError('unexpected', 'The server did not say where to go.')
}

/** Reads a property of parsed JSON. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

async function request(address: string, init: RequestInit): Promise<unknown> {
  const headers = { accept: 'application/json', ...init.headers }
  const response = await fetch(address, { ...init, headers, cache: 'no-store' }).catch((cause: unknown) => {
    throw new PasskeyError('network', 'The server cannot be reached.', { cause })
  })
  // A proxy may return HTML without an error code; then only the status counts.
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw refusal(response.status, answer)
  return answer
}

function refusal(status: number, envelope: unknown): PasskeyError {
  const code = member(envelope, 'code')
  const requestId = member(envelope, 'request_id')
  const fallback = status === 502 || status === 503 || status === 504 ? 'network' : 'unexpected'
  return new PasskeyError(typeof code === 'string' ? code : fallback, `The server answered ${status}.`, {
    fields: fieldErrors(member(member(envelope, 'details'), 'fields') ?? member(envelope, 'fields')),
    requestId: typeof requestId === 'string' ? requestId : null,
  })
}

function fieldErrors(list: unknown): FieldError[] {
  if (!Array.isArray(list)) return []
  return list.map((entry: unknown) => ({
    field: String(member(entry, 'field')),
    code: String(member(entry, 'code')),
    message: String(member(entry, 'message')),
  }))
}
