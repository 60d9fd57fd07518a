import { type FieldError, InvalidInputError, NotFoundError } from '@pocket/core/errors'
import { clientNotFound } from '../http/api/client-not-found.ts'

/** Field names of core mapped to field names of the contract. */
const fieldNames: Readonly<Record<string, string>> = {
  redirectUris: 'callbackURLs',
  postLogoutRedirectUris: 'logoutCallbackURLs',
  launchUrl: 'launchURL',
  federatedIdentities: 'credentials.federatedIdentities',
}
const contractCodes = new Set(['required', 'too_short', 'too_long', 'invalid_format'])
/** The contract's error codes, by field of core. */
const fieldCodes: Readonly<Record<string, string>> = {
  accessTokenDurationMinutes: 'token_duration',
  refreshTokenDurationMinutes: 'token_duration',
  redirectUris: 'callback_url_pattern',
  postLogoutRedirectUris: 'callback_url_pattern',
}

/** Runs `action` and translates field names in core's errors to those of the contract. */
export async function withContractErrors<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof NotFoundError && cause.code === 'client_not_found') throw clientNotFound()
    if (!(cause instanceof InvalidInputError) || cause.fields.length === 0) throw cause
    const fields = cause.fields.map(contractField)
    const text = fields.map(({ field, message }) => `${field} ${message}`).join(', ')
    throw new InvalidInputError(cause.code, text, { cause, fields })
  }
}

function contractField({ field, code, message }: FieldError): FieldError {
  const [name = '', suffix = ''] = field.split(/(?=[[.])(.*)/s)
  return {
    field: `${fieldNames[name] ?? name}${suffix}`,
    code: fieldCodes[name] ?? (contractCodes.has(code) ? code : 'invalid_format'),
    message,
  }
}
