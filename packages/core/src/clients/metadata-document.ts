import { InvalidInputError } from '../errors.ts'
import { parseJsonObject } from '../json-object.ts'
import { nameProblem, normalizeName } from '../names.ts'
import type { Client, RegisteredMetadata } from './client.ts'
import { redirectUriAllowed, redirectUriProblem } from './redirect-uris.ts'

export type MetadataDocument = Pick<Client, 'name' | 'redirectUris' | 'postLogoutRedirectUris'> & {
  readonly registration: RegisteredMetadata
}

const maxIdLength = 2000
/** The grant types of a public client; others in a document are ignored. */
const grantTypes = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']
const linkNames = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri']

/** Whether a client ID can be the URL of a metadata document (OAuth Client ID Metadata Document §3). */
export function isDocumentUrl(id: string): boolean {
  // Most IDs; this runs in most requests.
  if (!/^https:/i.test(id)) return false
  const [, authority = '', path = ''] = /^https:\/\/([^/?#\\]+)(\/[^?#]*)(?:\?.*)?$/i.exec(id) ?? []
  const url = id.length <= maxIdLength && /^[\x21-\x7e]+$/.test(id) ? URL.parse(id) : null
  if (url === null || authority === '' || authority.includes('@') || id.includes('\\')) return false
  return !path.split('/').some((segment) => /^\.{1,2}$/.test(segment.replaceAll(/%2e/gi, '.')))
}

/** Whether documents may be fetched from this URL; the pattern `*` allows all. */
export function isDocumentUrlAllowed(patterns: readonly string[], id: string): boolean {
  return isDocumentUrl(id) && (patterns.includes('*') || redirectUriAllowed(patterns, id))
}

/** @throws {InvalidInputError} `validation_failed` if the document does not describe a supported client */
export function parseMetadataDocument(id: string, text: string): MetadataDocument {
  const document = parseJsonObject(text)
  if (document === undefined) throw documentError('document', 'must be a JSON object')
  if (document.client_id !== id) throw documentError('client_id', 'must be the URL of the document')
  if ('client_secret' in document || 'client_secret_expires_at' in document)
    throw documentError('client_secret', 'must not be in a public document')
  if ((document.token_endpoint_auth_method ?? 'none') !== 'none')
    throw documentError('token_endpoint_auth_method', 'must be none')
  const responseTypes = readStringList(document, 'response_types') ?? ['code']
  if (!responseTypes.includes('code')) throw documentError('response_types', 'must include code')
  const supportedGrantTypes = (readStringList(document, 'grant_types') ?? ['authorization_code']).filter((type) =>
    grantTypes.includes(type),
  )
  if (supportedGrantTypes.every((type) => type === 'refresh_token'))
    throw documentError('grant_types', 'must include authorization_code or device_code')
  const redirectUris = readUriList(document, 'redirect_uris')
  if (supportedGrantTypes.includes('authorization_code') && redirectUris.length === 0)
    throw documentError('redirect_uris', 'must not be empty')
  return {
    name: getClientName(document, id),
    redirectUris,
    postLogoutRedirectUris: readUriList(document, 'post_logout_redirect_uris'),
    registration: {
      application_type: document.application_type === 'native' ? 'native' : 'web',
      token_endpoint_auth_method: 'none',
      response_types: supportedGrantTypes.includes('authorization_code') ? ['code'] : [],
      grant_types: [...new Set(supportedGrantTypes)],
      ...Object.fromEntries(linkNames.flatMap((name) => (isHttpsUrl(document[name]) ? [[name, document[name]]] : []))),
    },
  }
}

/** Whether users must consent again, because the client may now belong to another operator. */
export function changesConsent(before: Client, after: MetadataDocument): boolean {
  const serializeSecurityFields = ({ redirectUris, postLogoutRedirectUris, registration }: MetadataDocument | Client) =>
    JSON.stringify(
      [redirectUris, postLogoutRedirectUris, registration?.grant_types].map((list) =>
        Array.isArray(list) ? [...list].sort() : [],
      ),
    )
  return serializeSecurityFields(before) !== serializeSecurityFields(after)
}

function readStringList(document: Readonly<Record<string, unknown>>, name: string): string[] | undefined {
  const value = document[name]
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.length <= 100 && value.every((item) => typeof item === 'string')) return value
  throw documentError(name, 'must be a list of strings')
}

function readUriList(document: Readonly<Record<string, unknown>>, name: string): string[] {
  const uris = [...new Set(readStringList(document, name) ?? [])]
  const invalidUri = uris.find((uri) => uri.includes('*') || redirectUriProblem(uri) !== undefined)
  if (invalidUri !== undefined) throw documentError(name, 'must contain absolute URIs without fragments and wildcards')
  return uris
}

function getClientName({ client_name }: Readonly<Record<string, unknown>>, id: string): string {
  const name = typeof client_name === 'string' ? [...normalizeName(client_name)].slice(0, 50).join('') : ''
  return nameProblem(name, 50) ? [...new URL(id).host].slice(0, 50).join('') : name
}

function isHttpsUrl(value: unknown): boolean {
  return typeof value === 'string' && value.length <= maxIdLength && URL.parse(value)?.protocol === 'https:'
}

function documentError(name: string, message: string): InvalidInputError {
  return new InvalidInputError(
    'validation_failed',
    `The metadata document of the client cannot be used: ${name} ${message}.`,
    {
      fields: [{ field: name, code: 'invalid_format', message }],
    },
  )
}
