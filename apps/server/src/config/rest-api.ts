import type { Reader } from './reader.ts'
import { InvalidValueError, parseBoolean, type RawValue, type Section, type Variable } from './variable.ts'

const minLength = 16

const staticApiKey: Variable<string> = {
  name: 'STATIC_API_KEY',
  type: 'text',
  default: 'none',
  unit: 'characters, at least 16',
  secret: true,
  description:
    'An API key with all administrator rights, also to read secrets, that does not expire; for tools that configure the server before the first sign-in. Sent as `X-API-Key`. ASCII characters only; create one with `openssl rand -hex 32`.',
  parse: parseKey,
}

const disableRateLimiting: Variable<boolean> = {
  name: 'DISABLE_RATE_LIMITING',
  type: 'boolean',
  default: 'false',
  description:
    'Turns off all rate limits: requests, sign-ins, codes. For tests, or if a proxy limits requests; six-character codes can be guessed without limits.',
  parse: parseBoolean,
}

export const apiSection = {
  title: 'REST API',
  variables: { staticApiKey, disableRateLimiting },
} satisfies Section

export interface ApiConfig {
  /** The API key that acts as an administrator, if set in the environment. */
  readonly staticApiKey: string | undefined
  readonly rateLimits: boolean
}

export function readApi(reader: Reader): ApiConfig {
  return {
    staticApiKey: reader.read(staticApiKey),
    rateLimits: !(reader.read(disableRateLimiting) ?? false),
  }
}

function parseKey({ text }: RawValue): string {
  // HTTP header values have no leading or trailing spaces either.
  const key = text.trim()
  if (!/^[\x20-\x7e]*$/.test(key))
    throw new InvalidValueError(
      'it contains characters that are not ASCII',
      'Use letters and digits; `openssl rand -hex 32` creates one.',
    )
  if (key.length < minLength)
    throw new InvalidValueError(
      `it has ${key.length} characters`,
      `Use at least ${minLength} characters; \`openssl rand -hex 32\` creates a suitable key.`,
    )
  return key
}
