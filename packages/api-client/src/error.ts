import type { components } from './generated/api.ts'

type ErrorBody = components['schemas']['Error']

/** A machine-readable error code. A newer server may send codes that this version does not know. */
export type PocketErrorCode = ErrorBody['code'] | (string & {})

/** A call that was rejected or that failed on the server. If there is no response, `fetch` throws its own error. */
export class PocketRequestError extends Error {
  override readonly name = 'PocketRequestError'
  /** The HTTP status. */
  readonly status: number
  /** The error code, such as `user_not_found`; `unknown` if the response came from a proxy instead of Pocket. */
  readonly code: PocketErrorCode
  /** Details of the error, such as `details.fields` for an invalid body or the key of a setting. */
  readonly details: NonNullable<ErrorBody['details']> & Readonly<Record<string, unknown>>
  /** Identifies the request in the log. */
  readonly requestId: string | null
  readonly response: Response

  constructor(response: Response, body: Partial<ErrorBody>) {
    if (!response?.headers) throw new TypeError('The response must be a Response of fetch.')
    super(body?.error ?? `The server responded with status ${response.status}.`)
    this.status = response.status
    this.code = body?.code ?? 'unknown'
    this.details = { ...body?.details }
    this.requestId = body?.request_id ?? response.headers.get('x-request-id')
    this.response = response
  }
}

/** Builds the error from an error response. */
export async function toRequestError(response: Response): Promise<PocketRequestError> {
  return new PocketRequestError(response, parseBody(await response.text()))
}

function parseBody(text: string): Partial<ErrorBody> {
  try {
    const body: unknown = JSON.parse(text)
    // The cast is safe: the document defines the body of an error response.
    return typeof body === 'object' && body !== null ? (body as Partial<ErrorBody>) : {}
  } catch {
    return {}
  }
}
