import type { PublicFetch } from '@pocket/core'
import { OutboundError } from '@pocket/core/errors'
import { parseJsonObject } from '@pocket/core/internal'
import { type Pause, parseRetryAfter, withRetries } from './retries.ts'
import { ScimError, type ScimErrorCode } from './scim-error.ts'

/** The address and credentials of a target (RFC 7644 §2). */
export interface ScimEndpoint {
  /** Its base URL, such as `https://app.example/scim/v2`. */
  readonly url: string
  /** A bearer token (RFC 6750 §2.1); empty if the target requires none. */
  readonly token: string
}

export interface ScimConnectionOptions {
  /** A fetch with SSRF protection, since users configure the URLs. Its byte and time limits apply to each request. */
  readonly fetch: PublicFetch
  readonly endpoint: ScimEndpoint
  readonly signal: AbortSignal
  readonly now: () => number
  readonly pause: Pause
}

export interface ScimRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Relative to the endpoint, with its query. */
  readonly path: string
  readonly body?: object
  readonly noRetry?: boolean
}

export type JsonObject = Readonly<Record<string, unknown>>

export interface ScimConnection {
  readonly requests: number
  readonly receivedCharacters: number
  /** The object in the response, `null` if the response is empty. @throws {ScimError} */
  send(request: ScimRequest): Promise<JsonObject | null>
}

/** Converts a target's message to a single line for display. */
type Sanitizer = (text: string) => string

const mediaType = 'application/scim+json'
const maxDetailLength = 300

/** Connects to a target with SCIM 2.0 (RFC 7644 §3.1). */
export function connectTo({ fetch, endpoint, signal, now, pause }: ScimConnectionOptions): ScimConnection {
  const baseUrl = endpoint.url.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  let requests = 0
  let receivedCharacters = 0
  /** A target's messages are shown to users and could contain the token. */
  const sanitize = (text: string) => oneLine(endpoint.token === '' ? text : text.replaceAll(endpoint.token, '…'))
  const sendOnce = async ({ method, path, body }: ScimRequest): Promise<JsonObject | null> => {
    signal.throwIfAborted()
    requests++
    const headers = new Headers({ accept: `${mediaType}, application/json;q=0.9` })
    if (endpoint.token !== '') headers.set('authorization', `Bearer ${endpoint.token}`)
    if (body !== undefined) headers.set('content-type', mediaType)
    const response = await fetchResponse(
      fetch(baseUrl + path, {
        method,
        headers,
        // A redirect would send personal data to a URL that was not approved.
        redirect: 'error',
        signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      signal,
    )
    const text = await response.text()
    receivedCharacters += text.length
    if (response.ok) return text.trim() === '' ? null : parseObject(text, sanitize)
    throw responseFailure(response, errorDetail(text, sanitize), now())
  }
  return {
    get requests() {
      return requests
    },
    get receivedCharacters() {
      return receivedCharacters
    },
    send: (request) => (request.noRetry ? sendOnce(request) : withRetries(() => sendOnce(request), { pause, signal })),
  }
}

const outboundCodes: Readonly<Record<OutboundError['code'], ScimErrorCode>> = {
  not_public: 'not_public',
  scheme: 'scheme',
  timeout: 'timeout',
  too_large: 'too_large',
  too_many_redirects: 'redirected',
  unreachable: 'unreachable',
}

async function fetchResponse(request: Promise<Response>, signal: AbortSignal): Promise<Response> {
  try {
    return await request
  } catch (cause) {
    signal.throwIfAborted()
    if (!(cause instanceof OutboundError)) throw cause
    if (cause.code !== 'unreachable') throw new ScimError(outboundCodes[cause.code], { cause })
    const code = systemCode(cause.cause)
    throw new ScimError(connectionFailure(code), { cause, detail: code })
  }
}

/** Error codes of OpenSSL, the system and undici. */
function connectionFailure(code: string | null): ScimErrorCode {
  if (code === null) return 'unreachable'
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|HOSTNAME_)/.test(code)) return 'certificate'
  if (/^(UND_ERR_SOCKET|UND_ERR_RES|ECONNRESET|HPE_)/.test(code)) return 'cut_off'
  return 'unreachable'
}

function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? systemCode(error.cause) : null
}

function parseObject(text: string, sanitize: Sanitizer): JsonObject {
  const parsed = parseJsonObject(text)
  if (parsed !== undefined) return parsed
  // An incomplete object was complete when it was sent.
  throw new ScimError(text.trimStart().startsWith('{') ? 'cut_off' : 'not_scim', { detail: sanitize(text) })
}

function responseFailure({ status, headers }: Response, message: string, now: number): ScimError {
  const detail = `${status} ${message}`.trim()
  const retryAfter = parseRetryAfter(headers.get('retry-after'), now)
  return new ScimError(failureCode(status, retryAfter), {
    status,
    detail,
    ...(retryAfter !== undefined && { retryAfter }),
  })
}

function failureCode(status: number, retryAfter: number | undefined): ScimErrorCode {
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return 'rate_limited'
  if (status >= 500) return 'server_error'
  const codes: Readonly<Record<number, ScimErrorCode>> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
  }
  return codes[status] ?? (status >= 300 && status < 400 ? 'redirected' : 'refused')
}

/** The `detail` of an error (RFC 7644 §3.12); HTML error pages contain nothing useful. */
function errorDetail(text: string, sanitize: Sanitizer): string {
  const { detail, scimType } = parseJsonObject(text) ?? {}
  return [scimType, detail]
    .filter((part) => typeof part === 'string')
    .map(sanitize)
    .join(' ')
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, maxDetailLength)
}
