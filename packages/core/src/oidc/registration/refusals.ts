import { errors } from 'oidc-provider'
import { ForbiddenError, InvalidInputError, RateLimitedError } from '../../errors.ts'
import { tooManyRequests } from '../too-many-requests.ts'

const metadataNames: Readonly<Record<string, string>> = { name: 'client_name', isPublic: 'token_endpoint_auth_method' }

/** Runs the function and converts our errors to those of RFC 7591 §3.2.2. */
export async function withRegistrationErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ForbiddenError) throw new errors.InvalidClientMetadata(error.message)
    if (error instanceof RateLimitedError) throw tooManyRequests(error.message, error.retryAfter)
    if (!(error instanceof InvalidInputError)) throw error
    const [first] = error.fields
    throw new errors.InvalidClientMetadata(
      first === undefined ? error.message : `${metadataName(first.field)} ${first.message}`,
    )
  }
}

/** Converts `protocol.jwks.keys[0]` to `jwks.keys[0]`, and `redirectUris[1]` to `redirect_uris[1]`. */
function metadataName(field: string): string {
  const [, name = '', rest = ''] = /^(?:protocol\.)?(\w*)(.*)$/s.exec(field) ?? []
  return `${metadataNames[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}${rest}`
}
