import type { components } from './generated/api.ts'

type ErrorBody = components['schemas']['Error']

/** What happened, for programs. A newer server may say what this version does not know. */
export type PocketErrorCode = ErrorBody['code'] | (string & {})

/** A call that was refused, or that failed on the server. Where no answer came at all, `fetch` has thrown its own error. */
export class PocketRequestError extends Error {
  override readonly name = 'PocketRequestError'
  /** Of HTTP. */
  readonly status: number
  /** What happened, such as `user_not_found`; `unknown` where the answer was none of Pocket's, but of a proxy before it. */
  readonly code: PocketErrorCode
  /** What is wrong, field by field: `details.fields` for a body, the key of a setting, and so on. */
  readonly details: NonNullable<ErrorBody['details']> & Readonly<Record<string, unknown>>
  /** By which the operator finds the request in the log. */
  readonly requestId: string | null
  readonly response: Response

  constructor(response: Response, body: Partial<ErrorBody>) {
    super(body.error ?? `The answer was ${response.status}.`)
    this.status = response.status
    this.code = body.code ?? 'unknown'
    this.details = { ...body.details }
    this.requestId = body.request_id ?? response.headers.get('x-request-id')
    this.response = response
  }
}

/** The error that an answer says. */
export async function errorOf(response: Response): Promise<PocketRequestError> {
  return new PocketRequestError(response, bodyOf(await response.text()))
}

function bodyOf(text: string): Partial<ErrorBody> {
  try {
    const body: unknown = JSON.parse(text)
    // A cast: the document says what an answer that is no success holds.
    return typeof body === 'object' && body !== null ? (body as Partial<ErrorBody>) : {}
  } catch {
    return {}
  }
}
