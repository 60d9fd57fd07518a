import type { Reader } from './reader.ts'
import { InvalidValueError, parseBoolean, type RawValue, type Section, type Variable } from './variable.ts'

const allowInsecureCallbackUrls: Variable<boolean> = {
  name: 'ALLOW_INSECURE_CALLBACK_URLS',
  type: 'boolean',
  default: 'true',
  description:
    'Whether callback URLs may use `http://`, as in a home network. Otherwise only `https://`, custom URL schemes and loopback URLs such as `http://localhost` are accepted, and sign-in at other callback URLs fails.',
  parse: parseBoolean,
}

const allowImplicit: Variable<boolean> = {
  name: 'ALLOW_IMPLICIT',
  type: 'boolean',
  default: 'false',
  description:
    'Whether clients with the implicit grant may use `response_type=id_token token`, which returns an access token in the redirect URL. OAuth 2.1 removed it because URLs end up in histories and logs; turn it on only for an application that supports nothing else.',
  parse: parseBoolean,
}

const authorizationDetailsTypes: Variable<readonly string[]> = {
  name: 'AUTHORIZATION_DETAILS_TYPES',
  type: 'list',
  default: 'none',
  description:
    'Types of authorization details (RFC 9396) that clients may request, separated by commas, such as `payment_initiation`. The consent page shows the details unchanged. A client may request the types in its `protocol.authorizationDetailsTypes`.',
  parse: parseTypes,
}

export const clientsSection = {
  title: 'Applications',
  variables: { allowInsecureCallbackUrls, allowImplicit, authorizationDetailsTypes },
} satisfies Section

export interface ClientsConfig {
  /** Whether redirect URIs may use plain http for hosts other than loopback addresses. */
  readonly allowInsecureCallbackUrls: boolean
  /** Whether the authorization endpoint may issue access tokens directly. */
  readonly allowImplicit: boolean
  /** RFC 9396 §2: the values of `type` that clients may request. */
  readonly authorizationDetailsTypes: readonly string[]
}

export function readClients(reader: Reader): ClientsConfig {
  return {
    allowInsecureCallbackUrls: reader.read(allowInsecureCallbackUrls) ?? true,
    allowImplicit: reader.read(allowImplicit) ?? false,
    authorizationDetailsTypes: reader.read(authorizationDetailsTypes) ?? [],
  }
}

function parseTypes({ text }: RawValue): readonly string[] {
  const types = text.split(',').map((type) => type.trim())
  const invalid = types.find((type) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(type))
  if (invalid !== undefined)
    throw new InvalidValueError(
      `"${invalid}" is not a valid type of authorization details`,
      'Write names or URIs, separated by commas.',
    )
  return [...new Set(types)]
}
