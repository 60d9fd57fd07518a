/**
 * Why a request failed: the URL is not allowed (`scheme`, `not_public`), there were too many redirects
 * (`too_many_redirects`), the response was too large (`too_large`), the request timed out (`timeout`) or the host was
 * unreachable (`unreachable`).
 */
export type OutboundFailure = 'not_public' | 'scheme' | 'timeout' | 'too_large' | 'too_many_redirects' | 'unreachable'

/**
 * A refused or failed request to an untrusted URL.
 *
 * @example
 * ```ts
 * if (error instanceof OutboundError) logger.warn(error.failure)
 * ```
 */
export class OutboundError extends Error {
  readonly reason: OutboundFailure

  constructor(reason: OutboundFailure, message: string, options?: { readonly cause: unknown }) {
    super(message, options)
    this.name = 'OutboundError'
    this.reason = reason
  }
}
