/** The reason why a request to a target failed; stable, with a sentence for each code in the host's catalog. */
export type ScimErrorCode = (typeof scimErrorCodes)[number]

/** Every {@link ScimErrorCode}. */
export const scimErrorCodes = [
  'certificate',
  'conflict',
  'cut_off',
  'endless_listing',
  'forbidden',
  'interrupted',
  'no_scim_here',
  'not_found',
  'not_public',
  'not_scim',
  'rate_limited',
  'redirected',
  'refused',
  'scheme',
  'server_error',
  'timeout',
  'too_large',
  'took_too_long',
  'unauthorized',
  'unreachable',
] as const

export interface ScimErrorOptions {
  /** The message from the target or the system: at most one line. */
  readonly detail?: string | null
  readonly status?: number
  /** Milliseconds after which the target asks for a retry. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

/** A target failed to process a request (RFC 7644 §3.12). */
export class ScimError extends Error {
  readonly code: ScimErrorCode
  readonly detail: string | null
  readonly status: number | null
  /** Milliseconds after which the target asks for a retry; `null` if it did not say. */
  readonly retryAfter: number | null

  constructor(code: ScimErrorCode, { detail, status, retryAfter, cause }: ScimErrorOptions = {}) {
    super(detail ? `${code}: ${detail}` : code, cause === undefined ? undefined : { cause })
    this.name = 'ScimError'
    this.code = code
    this.detail = detail ?? null
    this.status = status ?? null
    this.retryAfter = retryAfter ?? null
  }
}

const transientCodes = new Set<ScimErrorCode>(['cut_off', 'rate_limited', 'server_error', 'timeout', 'unreachable'])
/** Failures that affect one object only, so that others can continue. */
const singleObjectCodes = new Set<ScimErrorCode>([
  'conflict',
  'cut_off',
  'not_found',
  'not_scim',
  'refused',
  'server_error',
  'timeout',
  'too_large',
])

/** Whether a retry may succeed. */
export function isTransient({ code, status }: ScimError): boolean {
  return transientCodes.has(code) && status !== 501
}

/** Whether other requests would fail as well. */
export function affectsAllObjects({ code }: ScimError): boolean {
  return !singleObjectCodes.has(code)
}

export function isTargetFailure({ code }: ScimError): boolean {
  return code === 'not_scim' || transientCodes.has(code)
}
