/**
 * All errors of this project. The class determines how a caller reacts, the stable `code` identifies the cause, `details`
 * add context and `cause` keeps the original error.
 *
 * @module
 */
export { OutboundError, type OutboundErrorCode } from './outbound/outbound-error.ts'

/**
 * Identifies what happened. Each code has a translated message in the host's catalog and an entry in the error
 * reference.
 */
export type ErrorCode = (typeof errorCodes)[number]

/** Every {@link ErrorCode}. */
export const errorCodes = [
  'account_disabled',
  'account_not_found',
  'account_removal_disabled',
  'already_in_use',
  'api_key_auth_not_allowed',
  'api_key_not_expired',
  'api_key_not_found',
  'challenge_expired',
  'client_id_already_exists',
  'client_not_allowed',
  'client_not_found',
  'code_invalid',
  'cross_site_request',
  'database_unavailable',
  'device_code_invalid',
  'device_login_denied',
  'device_login_expired',
  'duplicate_claim',
  'file_too_large',
  'file_type_not_supported',
  'email_not_found',
  'email_not_waiting',
  'forbidden',
  'image_not_found',
  'interaction_expired',
  'internal_error',
  'invalid_api_key_expiration',
  'invalid_image',
  'invalid_email_verification_token',
  'invalid_request_body',
  'invalid_webauthn_response',
  'invalid_webauthn_session',
  'job_not_found',
  'job_running',
  'last_administrator',
  'last_passkey',
  'ldap_confirmation_needed',
  'ldap_disabled',
  'ldap_dry_run_needed',
  'ldap_entry_linked',
  'ldap_entry_not_found',
  'ldap_not_linked',
  'ldap_plan_changed',
  'ldap_sync_failed',
  'ldap_sync_running',
  'ldap_user_group_update',
  'ldap_user_update',
  'logo_download_failed',
  'logo_too_large',
  'logo_type_not_supported',
  'managed',
  'misconfigured',
  'missing_session_id',
  'not_found',
  'not_signed_in',
  'oidc_device_code_expired',
  'oidc_device_code_used',
  'oidc_invalid_device_code',
  'one_time_access_disabled',
  'open_signup_disabled',
  'oidc_access_denied',
  'passkey_already_registered',
  'passkey_counter_regressed',
  'passkey_not_allowed',
  'passkey_not_found',
  'passkey_rejected',
  'passkey_required',
  'passkey_unknown',
  'passkey_user_verification_required',
  'payload_too_large',
  'precondition_failed',
  'rate_limited',
  'reauthentication_required',
  'redirect_uri_has_fragment',
  'reserved_claim',
  'scim_sync_failed',
  'scim_sync_running',
  'second_passkey_required',
  'session_not_found',
  'setup_already_completed',
  'setup_not_available',
  'sign_in_again',
  'sign_in_refused',
  'token_invalid_or_expired',
  'ui_config_disabled',
  'user_disabled',
  'user_email_not_set',
  'user_not_found',
  'validation_failed',
  'webauthn_authentication_failed',
] as const

/** An input field and why it was rejected. `code` is stable, `message` is for developers. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** The optional properties of an error. */
export interface PocketErrorOptions {
  readonly cause?: unknown | undefined
  readonly details?: Readonly<Record<string, string>> | undefined
  readonly fields?: readonly FieldError[] | undefined
}

/** Base class of all errors that this project throws on purpose. `message` is for developers and is never shown on a page. */
export abstract class PocketError extends Error {
  /** The HTTP status of this class. */
  abstract readonly status: number
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, string>>
  readonly fields: readonly FieldError[]

  constructor(code: ErrorCode, message: string, options?: PocketErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.details = options?.details ?? {}
    this.fields = options?.fields ?? []
  }
}

/** The input is invalid: correct it and send it again. */
export class InvalidInputError extends PocketError {
  readonly status = 400
}

/** No user is signed in, or the credentials are invalid: authenticate and try again. */
export class NotAuthenticatedError extends PocketError {
  readonly status = 401
}

/** The authenticated user is not allowed to do this: another user or permission is required. */
export class ForbiddenError extends PocketError {
  readonly status = 403
}

/** The resource does not exist, or the caller is not allowed to see it. */
export class NotFoundError extends PocketError {
  readonly status = 404
}

/** The current state does not allow the operation: read the current state first. */
export class ConflictError extends PocketError {
  readonly status = 409
}

/** The resource has changed since the caller read it: read it again first (RFC 9110 §13.1.1). */
export class PreconditionFailedError extends PocketError {
  readonly status = 412
}

/** The input is larger than the limit in `details.limit` (bytes). */
export class PayloadTooLargeError extends PocketError {
  readonly status = 413
}

/** The request's URL is longer than the limit in `details.limit` (bytes). */
export class UrlTooLongError extends PocketError {
  readonly status = 414
}

/** The media type is not supported. */
export class UnsupportedMediaTypeError extends PocketError {
  readonly status = 415
}

/** The input is well formed but cannot be processed. */
export class UnprocessableContentError extends PocketError {
  readonly status = 422
}

/** Too many attempts: wait, then try again. */
export class RateLimitedError extends PocketError {
  readonly status = 429
  /** Seconds until the next attempt is allowed, sent as `Retry-After` (RFC 9110 §10.2.3). */
  readonly retryAfter: number

  /** @param retryAfter - seconds */
  constructor(message: string, retryAfter: number) {
    super('rate_limited', message)
    this.retryAfter = retryAfter
  }
}

/** The database is unreachable or did not respond in time; no change is confirmed. Try again soon. */
export class UnavailableError extends PocketError {
  readonly status = 503
  /** Seconds, sent as `Retry-After` (RFC 9110 §10.2.3). */
  readonly retryAfter = 5

  constructor(message: string, options: PocketErrorOptions = {}) {
    super('database_unavailable', message, options)
  }
}

/** A request to another system failed: see its error message. The Pocket ID API returns 500 in this case. */
export class ExternalServiceError extends PocketError {
  readonly status = 500
}

/** The options, the environment or a store are invalid: an operator has to change the configuration. */
export class ConfigurationError extends PocketError {
  readonly status = 500

  constructor(message: string, options: PocketErrorOptions = {}) {
    super('misconfigured', message, options)
  }
}
