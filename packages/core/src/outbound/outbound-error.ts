/**
 * Why nothing was read: the address is not one to read from (`scheme`, `not_public`), it led on too often
 * (`too_many_redirects`), sent too much (`too_large`), took too long (`timeout`), or could not be reached (`unreachable`).
 */
export type OutboundFailure = 'not_public' | 'scheme' | 'timeout' | 'too_large' | 'too_many_redirects' | 'unreachable'

/**
 * A request to an address given by others that was refused or failed.
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
