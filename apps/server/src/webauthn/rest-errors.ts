import {
  ForbiddenError,
  InvalidInputError,
  NotAuthenticatedError,
  NotFoundError,
  PocketError,
} from '@pocket/core/errors'
import type { Context } from 'koa'

/** The ceremony, which determines the error for an invalid response. */
export type Ceremony = 'registration' | 'authentication'

/** Runs the work and converts core errors to those of Pocket ID's API. */
export async function withRestErrors<T>(ctx: Context, ceremony: Ceremony, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof PocketError ? toRestError(ctx, ceremony, cause) : cause
  }
}

function toRestError(ctx: Context, ceremony: Ceremony, cause: PocketError): PocketError {
  const { code, message } = cause
  switch (code) {
    case 'challenge_expired':
      return hasSessionCookie(ctx)
        ? new InvalidInputError('invalid_webauthn_session', message, { cause })
        : new InvalidInputError('missing_session_id', 'No ceremony was started in this browser.', { cause })
    case 'passkey_rejected':
    case 'passkey_unknown':
      return ceremony === 'registration'
        ? new InvalidInputError('invalid_webauthn_response', message, { cause })
        : new NotAuthenticatedError('webauthn_authentication_failed', message, { cause })
    case 'code_invalid':
      return new NotAuthenticatedError('token_invalid_or_expired', message, { cause })
    case 'account_disabled':
      return new ForbiddenError('user_disabled', message, { cause })
    case 'passkey_not_found':
      return new NotFoundError('not_found', message, { cause, details: { resource: 'Passkey' } })
    default:
      return cause
  }
}

function hasSessionCookie(ctx: Context): boolean {
  return ctx.cookies.get('__Host-session') !== undefined || ctx.cookies.get('session') !== undefined
}
