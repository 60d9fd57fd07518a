import type { FieldError } from '../errors.ts'

/** Every {@link CeremonyErrorCode}. */
export const ceremonyErrorCodes = [
  'already_registered',
  'authenticator_unsuitable',
  'canceled',
  'cookies_blocked',
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
 * Why a ceremony failed in the browser.
 *
 * - `already_registered`: the authenticator already has a passkey for this account
 * - `authenticator_unsuitable`: it does not support discoverable passkeys or user verification
 * - `canceled`: the user canceled, or the browser gives no other reason
 * - `cookies_blocked`: the browser accepts no cookies, without which no ceremony can be verified
 * - `in_app_browser`: an in-app browser, which does not store passkeys
 * - `insecure_context`: the page was loaded over plain `http`
 * - `network`: the server is unreachable
 * - `none_here`: no matching passkey
 * - `timed_out`: the ceremony timed out
 * - `unexpected`: any other error
 * - `unsupported`: the browser does not support WebAuthn
 * - `wrong_address`: passkeys are not bound to the host of the page
 * - `wrong_device`: no matching passkey, and this browser cannot use another device
 */
export type CeremonyErrorCode = (typeof ceremonyErrorCodes)[number]

/** An explanation of a failed ceremony for a page. */
export interface Explanation {
  /** A {@link CeremonyErrorCode}, or the error code of the server. */
  readonly code: string
  /** The input errors that the server reported. */
  readonly fields: readonly FieldError[]
  /** The request ID in the server log. */
  readonly requestId: string | null
}

export interface PasskeyErrorOptions {
  readonly cause?: unknown
  readonly fields?: readonly FieldError[]
  readonly requestId?: string | null
}

/**
 * A failed ceremony. `message` is for developers; {@link explain} returns the explanation for a page.
 *
 * @example
 * ```ts
 * if (error instanceof PasskeyError && error.code === 'canceled') button.focus()
 * ```
 */
export class PasskeyError extends Error implements Explanation {
  override readonly name = 'PasskeyError'
  readonly code: string
  readonly fields: readonly FieldError[]
  readonly requestId: string | null

  constructor(code: string, message: string, options?: PasskeyErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fields = options?.fields ?? []
    this.requestId = options?.requestId ?? null
  }
}

/**
 * Converts any error of a ceremony to a stable `code`, which a page can translate.
 *
 * @example
 * ```ts
 * try {
 *   await register(ceremony)
 * } catch (error) {
 *   problem.textContent = sentences[explain(error).code]
 * }
 * ```
 */
export function explain(error: unknown): Explanation {
  if (error instanceof PasskeyError) return error
  return { code: 'unexpected', fields: [], requestId: null }
}
