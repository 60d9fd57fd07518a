import { type FieldError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import { clientNotFound } from '../http/api/client-not-found.ts'

/** Field names of core mapped to field names of the REST API. */
const fieldNames: Readonly<Record<string, string>> = {
  redirectUris: 'callbackURLs',
  postLogoutRedirectUris: 'logoutCallbackURLs',
  launchUrl: 'launchURL',
  federatedIdentities: 'credentials.federatedIdentities',
}
const restCodes = new Set(['required', 'too_short', 'too_long', 'invalid_format'])
/** The error codes of Pocket ID's API, by field of core. */
const fieldCodes: Readonly<Record<string, string>> = {
  accessTokenDurationMinutes: 'token_duration',
  refreshTokenDurationMinutes: 'token_duration',
  redirectUris: 'callback_url_pattern',
  postLogoutRedirectUris: 'callback_url_pattern',
}

/** Runs `action` and translates field names in core's errors to those of the REST API. */
export async function withRestErrors<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof NotFoundError && cause.code === 'client_not_found') throw clientNotFound()
    if (!(cause instanceof InvalidInputError) || cause.fields.length === 0) throw cause
    const fields = cause.fields.map(restField)
    const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInputError(cause.code, text, { cause, fields })
  }
}

function restField({ field, code, message }: FieldError): FieldError {
  const [name = '', suffix = ''] = field.split(/(?=[[.])(.*)/s)
  return {
    field: `${fieldNames[name] ?? name}${suffix}`,
    code: fieldCodes[name] ?? (restCodes.has(code) ? code : 'invalid_format'),
    message,
  }
}
