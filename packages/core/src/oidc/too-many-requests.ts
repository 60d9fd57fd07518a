import Provider, { errors } from 'oidc-provider'

/** The library's error for a 429 response to the current request; `retryAfter` in seconds. */
export function tooManyRequests(description: string, retryAfter: number): Error {
  Provider.ctx?.set('Retry-After', String(retryAfter))
  const error = new errors.CustomOIDCProviderError('temporarily_unavailable', description)
  return Object.assign(error, { status: 429, statusCode: 429 })
}
