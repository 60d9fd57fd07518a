import type { FieldError } from '../errors.ts'
import { PasskeyError } from './passkey-error.ts'

export function getJson(url: string): Promise<unknown> {
  return request(url, { method: 'GET' })
}

export function postJson(url: string, body: object): Promise<unknown> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The URL in the server's response. Schemes other than `http` and `https` are rejected, especially `javascript:`. */
export function readRedirect(body: unknown): string {
  const redirectTo = readProperty(body, 'redirectTo')
  if (typeof redirectTo === 'string' && URL.canParse(redirectTo, location.href)) {
    const { href, protocol } = new URL(redirectTo, location.href)
    if (protocol === 'https:' || protocol === 'http:') return href
  }
  throw new PasskeyError('unexpected', 'The server sent no redirect URL.')
}

export function readProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** @throws {PasskeyError} with the name of the member that is not a string */
export function assertTexts(value: unknown, ...names: readonly string[]): void {
  for (const name of names) assertArgument(typeof readProperty(value, name) === 'string', name, 'string')
}

export function assertArgument(isValid: boolean, name: string, type: string): void {
  if (!isValid) throw new PasskeyError('unexpected', `${name} must be of type ${type}.`)
}

async function request(url: string, init: RequestInit): Promise<unknown> {
  const headers = { accept: 'application/json', ...init.headers }
  const response = await fetch(url, { ...init, headers, cache: 'no-store' }).catch((cause: unknown) => {
    throw new PasskeyError('network', 'The server cannot be reached.', { cause })
  })
  // A proxy may return HTML without an error code; then only the status counts.
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw toPasskeyError(response.status, body)
  return body
}

function toPasskeyError(status: number, body: unknown): PasskeyError {
  const code = readProperty(body, 'code')
  const requestId = readProperty(body, 'request_id')
  const fallbackCode = status === 502 || status === 503 || status === 504 ? 'network' : 'unexpected'
  return new PasskeyError(typeof code === 'string' ? code : fallbackCode, `The server returned status ${status}.`, {
    fields: fieldErrors(readProperty(readProperty(body, 'details'), 'fields') ?? readProperty(body, 'fields')),
    requestId: typeof requestId === 'string' ? requestId : null,
  })
}

function fieldErrors(list: unknown): FieldError[] {
  if (!Array.isArray(list)) return []
  return list.map((entry: unknown) => ({
    field: String(readProperty(entry, 'field')),
    code: String(readProperty(entry, 'code')),
    message: String(readProperty(entry, 'message')),
  }))
}
