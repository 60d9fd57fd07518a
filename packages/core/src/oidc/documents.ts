import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ClientRegistrationPolicy } from '../clients/registration-policy.ts'
import { setCommonHeaders } from '../http/page-headers.ts'
import type { ResponseStep } from './after-response.ts'
import { documentMaxAge } from './key-publication.ts'
import { protocolRoutes } from './paths.ts'
import type { ProviderContext } from './provider-context.ts'

const metadata = '/.well-known/openid-configuration'
const documentByPath: Readonly<Record<string, string>> = {
  [metadata]: metadata,
  '/.well-known/oauth-authorization-server': metadata,
  [protocolRoutes.jwks]: protocolRoutes.jwks,
}

const cacheControl = `public, max-age=${documentMaxAge}`

/**
 * Endpoints that are called by servers, which the metadata may list under an internal origin. Devices can be in any network, so
 * the device authorization endpoint stays at the issuer, as in the API contract.
 */
const backChannel = ['token', 'userinfo', 'introspection', 'revocation', 'pushed_authorization_request'] as const

interface Document {
  /** JSON of ASCII characters, which Node sends together with the headers. */
  readonly text: string
  readonly etag: string
}

/**
 * Serves the provider metadata (RFC 8414 §3, OpenID Connect Discovery §4) and the keys (RFC 7517 §5); `path` is relative to the
 * issuer. Resolves to `false` if the library must respond.
 */
export type ServeDocument = (path: string, req: IncomingMessage, res: ServerResponse) => Promise<boolean>

export const isDocumentPath = (path: string): boolean => Object.hasOwn(documentByPath, path)

/**
 * Caches the library's metadata and JWKS responses, which are the same for all clients until the provider is replaced. The
 * library would build and serialize them for each request.
 */
export function cacheDocuments(context: ProviderContext): {
  readonly store: ResponseStep
  readonly serve: ServeDocument
} {
  const { issuer, internalOrigin, registrationPolicy, isSignUpOpen } = context
  const internalIssuer = internalOrigin === undefined ? issuer.id : internalOrigin + issuer.path
  const cache = new Map<string, Document>()
  /** Features can be switched at any time, so each combination has its own document. */
  const getFeatures = async (name: string): Promise<AdvertisedFeatures> =>
    name === metadata ? toFeatures(await registrationPolicy(), await isSignUpOpen()) : noFeatures
  const keyOf = (name: string, { registration, documents, signUp }: AdvertisedFeatures) =>
    `${name} ${registration} ${documents} ${signUp}`
  const store = async (ctx: KoaContextWithOIDC, name: string): Promise<void> => {
    const features = await getFeatures(name)
    const body =
      name === metadata
        ? omitEmptyArrays(withFeatures(withInternalUrls(ctx.body, issuer.id, internalIssuer), features))
        : ctx.body
    const document = toDocument(body)
    cache.set(keyOf(name, features), document)
    ctx.respond = false
    ctx.res.removeHeader('Content-Security-Policy')
    sendDocument(document, ctx.req, ctx.res)
  }
  const serve: ServeDocument = async (path, req, res) => {
    const name = documentByPath[path]
    if (name === undefined || !/^(GET|HEAD)$/.test(req.method ?? '')) return false
    const document = cache.get(keyOf(name, await getFeatures(name)))
    if (document === undefined) return false
    sendDocument(document, req, res)
    return true
  }
  return {
    store: (ctx) => {
      const name = documentByPath[ctx.path]
      const isServed = name !== undefined && ctx.status === 200 && /^(GET|HEAD)$/.test(ctx.method)
      return isServed ? store(ctx, name) : undefined
    },
    serve,
  }
}

interface AdvertisedFeatures {
  readonly registration: boolean
  /** OAuth Client ID Metadata Document §5. */
  readonly documents: boolean
  /** Initiating User Registration via OpenID Connect §4. */
  readonly signUp: boolean
}

const noFeatures: AdvertisedFeatures = { registration: false, documents: false, signUp: false }
const prompts = ['none', 'login', 'consent', 'select_account']

function toFeatures({ mode, documentPatterns }: ClientRegistrationPolicy, signUp: boolean): AdvertisedFeatures {
  return { registration: mode !== 'off', documents: documentPatterns.length > 0, signUp }
}

function withFeatures(
  { registration_endpoint, ...document }: Metadata,
  { registration, documents, signUp }: AdvertisedFeatures,
): Metadata {
  return {
    ...document,
    prompt_values_supported: signUp ? [...prompts, 'create'] : prompts,
    ...(registration && { registration_endpoint }),
    client_id_metadata_document_supported: documents,
  }
}

type Metadata = Readonly<Record<string, unknown>>

/** Omits empty arrays (RFC 8414 §3.2, OpenID Connect Discovery §4.2). */
function omitEmptyArrays(document: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
}

function withInternalUrls(body: unknown, issuer: string, internalIssuer: string): Metadata {
  const endpoints = [
    ...backChannel.map((name) => [`${name}_endpoint`, protocolRoutes[name]]),
    ['jwks_uri', protocolRoutes.jwks],
  ]
  // The cast is safe: the library's discovery action returns an object.
  const document = body as Metadata
  const internalEndpoints = endpoints.filter(([name = '', path = '']) => document[name] === issuer + path)
  return { ...document, ...Object.fromEntries(internalEndpoints.map(([name, path]) => [name, internalIssuer + path])) }
}

function toDocument(body: unknown): Document {
  const text = JSON.stringify(body).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` }
}

function sendDocument({ text, etag }: Document, req: IncomingMessage, res: ServerResponse): void {
  setCommonHeaders(res)
  const headers = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': cacheControl, ETag: etag }
  if (matchesEtag(req.headers['if-none-match'], etag)) {
    res.writeHead(304, headers).end()
    return
  }
  const type = 'application/json; charset=utf-8'
  res.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': text.length })
  res.end(req.method === 'HEAD' ? undefined : text, 'latin1')
}

/** RFC 9110 §13.1.2, by weak comparison. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
