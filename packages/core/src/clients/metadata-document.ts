import { InvalidInputError } from '../errors.ts'
import { nameProblem, normalName } from '../names.ts'
import type { Client, RegisteredMetadata } from './client.ts'
import { redirectUriAllowed, redirectUriProblem } from './redirect-uris.ts'

/** The supported content of a metadata document. */
export type Documented = Pick<Client, 'name' | 'redirectUris' | 'postLogoutRedirectUris'> & {
  readonly registration: RegisteredMetadata
}

const maxIdLength = 2000
/** The grant types of a public client; others in a document are ignored. */
const grantTypes = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']
const webAddresses = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri']

/** Whether a client ID can be the URL of a metadata document (OAuth Client ID Metadata Document §3). */
export function isDocumentAddress(id: string): boolean {
  const [, authority = '', path = ''] = /^https:\/\/([^/?#\\]+)(\/[^?#]*)(?:\?.*)?$/i.exec(id) ?? []
  const url = id.length <= maxIdLength && /^[\x21-\x7e]+$/.test(id) ? URL.parse(id) : null
  if (url === null || authority === '' || authority.includes('@') || id.includes('\\')) return false
  return !path.split('/').some((segment) => /^\.{1,2}$/.test(segment.replaceAll(/%2e/gi, '.')))
}

/** Whether documents may be fetched from this URL; the pattern `*` allows all. */
export function documentAddressAllowed(patterns: readonly string[], id: string): boolean {
  return isDocumentAddress(id) && (patterns.includes('*') || redirectUriAllowed(patterns, id))
}

/** @throws {InvalidInputError} `validation_failed` if the document does not describe a supported client */
export function documented(id: string, text: string): Documented {
  const document = jsonObject(text)
  if (document.client_id !== id) throw refused('client_id', 'is not the address of the document')
  if ('client_secret' in document || 'client_secret_expires_at' in document)
    throw refused('client_secret', 'must not be in a document that everybody can read')
  if ((document.token_endpoint_auth_method ?? 'none') !== 'none')
    throw refused('token_endpoint_auth_method', 'must be none')
  const responseTypes = texts(document, 'response_types') ?? ['code']
  if (!responseTypes.includes('code')) throw refused('response_types', 'must include code')
  const grants = (texts(document, 'grant_types') ?? ['authorization_code']).filter((type) => grantTypes.includes(type))
  if (grants.every((type) => type === 'refresh_token'))
    throw refused('grant_types', 'must include authorization_code or device_code')
  const redirectUris = addresses(document, 'redirect_uris')
  if (grants.includes('authorization_code') && redirectUris.length === 0)
    throw refused('redirect_uris', 'must have a member')
  return {
    name: nameOf(document, id),
    redirectUris,
    postLogoutRedirectUris: addresses(document, 'post_logout_redirect_uris'),
    registration: {
      application_type: document.application_type === 'native' ? 'native' : 'web',
      token_endpoint_auth_method: 'none',
      response_types: grants.includes('authorization_code') ? ['code'] : [],
      grant_types: [...new Set(grants)],
      ...Object.fromEntries(webAddresses.flatMap((name) => (isWeb(document[name]) ? [[name, document[name]]] : []))),
    },
  }
}

/** Whether users must consent again, because the client may now belong to another operator. */
export function changesConsent(before: Client, after: Documented): boolean {
  const decisive = ({ redirectUris, postLogoutRedirectUris, registration }: Documented | Client) =>
    JSON.stringify(
      [redirectUris, postLogoutRedirectUris, registration?.grant_types].map((list) =>
        Array.isArray(list) ? [...list].sort() : [],
      ),
    )
  return decisive(before) !== decisive(after)
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('document', 'is not an object in JSON')
  return Object.fromEntries(Object.entries(value))
}

function texts(document: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  const value = document[name]
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.length <= 100 && value.every((each) => typeof each === 'string')) return value
  throw refused(name, 'must be a list of texts')
}

function addresses(document: Readonly<Record<string, unknown>>, name: string): string[] {
  const uris = [...new Set(texts(document, name) ?? [])]
  const wrong = uris.find((uri) => uri.includes('*') || redirectUriProblem(uri) !== undefined)
  if (wrong !== undefined) throw refused(name, 'must hold absolute addresses, without fragments and wildcards')
  return uris
}

function nameOf({ client_name }: Readonly<Record<string, unknown>>, id: string): string {
  const name = typeof client_name === 'string' ? [...normalName(client_name)].slice(0, 50).join('') : ''
  return nameProblem(name, 50) ? [...new URL(id).host].slice(0, 50).join('') : name
}

function isWeb(value: unknown): boolean {
  return typeof value === 'string' && value.length <= maxIdLength && URL.parse(value)?.protocol === 'https:'
}

function refused(name: string, message: string): InvalidInputError {
  return new InvalidInputError(
    'validation_failed',
    `The metadata document of the client cannot be used: ${name} ${message}.`,
    {
      fields: [{ field: name, code: 'invalid_format', message }],
    },
  )
}
