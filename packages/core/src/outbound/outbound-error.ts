/**
 * Why a request failed: the URL is not allowed (`scheme`, `not_public`), there were too many redirects
 * (`too_many_redirects`), the response was too large (`too_large`), the request timed out (`timeout`) or the host was
 * unreachable (`unreachable`).
 */
export type OutboundErrorCode = 'not_public' | 'scheme' | 'timeout' | 'too_large' | 'too_many_redirects' | 'unreachable'

/**
 * A rejected or failed request to an untrusted URL.
 *
 * @example
 * ```ts
 * if (error instanceof OutboundError) logger.warn(error.code)
 * ```
 */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode

  constructor(code: OutboundErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options)
    this.name = 'OutboundError'
    this.code = code
  }
}
