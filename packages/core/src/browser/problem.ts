import type { FieldError } from '../errors.ts'

/** Every {@link CeremonyFailure}. */
export const ceremonyFailures = [
  'already_registered',
  'authenticator_unsuitable',
  'cancelled',
  'in_app_browser',
  'insecure_context',
  'network',
  'none_here',
  'timed_out',
  'unexpected',
  'unsupported',
  'wrong_address',
  'wrong_device',
] as const

/**
 * Why a ceremony ended in the browser.
 *
 * - `already_registered`: the authenticator holds a passkey for this account
 * - `authenticator_unsuitable`: it cannot keep a discoverable passkey, or cannot verify its user
 * - `cancelled`: the person ended it, or the browser does not say more
 * - `in_app_browser`: a browser inside of another application, which keeps no passkeys
 * - `insecure_context`: the page came over plain `http`
 * - `network`: the server cannot be reached
 * - `none_here`: no passkey fits
 * - `timed_out`: nobody answered in time
 * - `unexpected`: none of these
 * - `unsupported`: the browser has no WebAuthn
 * - `wrong_address`: the page's host is not one that its passkeys are bound to
 * - `wrong_device`: no passkey fits, and this browser cannot ask another device
 */
export type CeremonyFailure = (typeof ceremonyFailures)[number]

/** What a page can tell a person about a failed ceremony. */
export interface Explanation {
  /** A {@link CeremonyFailure}, or the code with which the server refused. */
  readonly reason: string
  /** What is wrong with the input, where the server says so. */
  readonly fields: readonly FieldError[]
  /** By which the server's log knows the refusal. */
  readonly requestId: string | null
}

export interface PasskeyProblemOptions {
  readonly cause?: unknown
  readonly fields?: readonly FieldError[]
  readonly requestId?: string | null
}

/**
 * A ceremony that came to nothing. `message` is for developers; {@link explain} says what a page may show.
 *
 * @example
 * ```ts
 * if (error instanceof PasskeyProblem && error.reason === 'cancelled') button.focus()
 * ```
 */
export class PasskeyProblem extends Error implements Explanation {
  override readonly name = 'PasskeyProblem'
  readonly reason: string
  readonly fields: readonly FieldError[]
  readonly requestId: string | null

  constructor(reason: string, message: string, options: PasskeyProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.fields = options.fields ?? []
    this.requestId = options.requestId ?? null
  }
}

/**
 * Puts whatever a ceremony threw into words: a stable `reason` for which a page has a sentence.
 *
 * @example
 * ```ts
 * try {
 *   await register(ceremony)
 * } catch (error) {
 *   problem.textContent = sentences[explain(error).reason]
 * }
 * ```
 */
export function explain(error: unknown): Explanation {
  if (error instanceof PasskeyProblem) return error
  return { reason: 'unexpected', fields: [], requestId: null }
}
