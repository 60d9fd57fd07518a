import type { IncomingMessage } from 'node:http'
import type Provider from 'oidc-provider'
import type { Client } from '../../clients/client.ts'
import type { CoreContext } from '../../context.ts'
import { peekBody, replaceBody } from '../../http/peek-body.ts'
import { removeTrailingSlashes } from '../../http/resource-parameter.ts'
import { clientSubject } from '../../limits/limiter.ts'
import { adjustAuthorizationParameters } from '../authorization-parameters.ts'
import { replaceJwt } from '../jwt-token-ids.ts'
import { protocolRoutes } from '../paths.ts'
import { maxFormBytes } from '../request-sizes.ts'
import { createBasicHeader, parseBasicCredentials, rawBasicSecret } from './basic.ts'
import { createFederatedAssertions, decodeAssertion } from './federated-assertions.ts'
import { createProof, recordClientRefusal } from './proofs.ts'
import { clientOfToken, normalizeRedirectUri } from './provider-lookups.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const authenticatedPaths = new Set<string>([
  protocolRoutes.token,
  protocolRoutes.introspection,
  protocolRoutes.revocation,
  protocolRoutes.pushed_authorization_request,
  protocolRoutes.device_authorization,
])

/**
 * Normalizes client authentication to the forms that the library accepts. Handles the same secret in header and body, a header
 * without a secret or without encoding, and assertions of other issuers. Also normalizes redirect URIs and token parameters
 * that the library compares exactly. Leaves all other requests unchanged.
 */
export function createClientAuthentication(context: CoreContext, provider: () => Provider) {
  const { limits, stores } = context
  const verifyFederated = createFederatedAssertions(context, provider)
  const replaceCredentials = (req: IncomingMessage, form: URLSearchParams, client: Pick<Client, 'id' | 'isPublic'>) => {
    delete req.headers.authorization
    form.delete('client_assertion')
    form.delete('client_assertion_type')
    form.set('client_id', client.id)
    const proof = createProof(req)
    if (!client.isPublic) form.set('client_secret', proof)
    return form
  }

  const normalizeHeader = (req: IncomingMessage, form: URLSearchParams): URLSearchParams | undefined => {
    const basic = parseBasicCredentials(req.headers.authorization)
    if (!basic) return undefined
    const [id, secret] = [form.get('client_id'), form.get('client_secret')]
    if (id !== null && id !== basic.clientId) return undefined
    if (basic.clientSecret === '') {
      delete req.headers.authorization
      form.set('client_id', basic.clientId)
      return form
    }
    const isSameSecret =
      secret !== null && [basic.clientSecret, rawBasicSecret(req.headers.authorization)].includes(secret)
    if (!basic.isEncoded) req.headers.authorization = createBasicHeader(basic)
    if (!isSameSecret) return undefined
    // Keep the header: a client that used it must receive a `WWW-Authenticate` challenge (RFC 6749 §5.2).
    form.delete('client_secret')
    return form
  }

  const acceptAssertion = async (req: IncomingMessage, form: URLSearchParams, assertion: string) => {
    const claims = decodeAssertion(assertion)
    const id = form.get('client_id') ?? claims?.subject
    // The library verifies assertions that the client issued itself.
    if (claims === undefined || id === undefined || claims.issuer === id) return undefined
    const client = await stores.clients.findCached(id)
    if (!client || client.federatedIdentities.length === 0) return undefined
    const outcome = await verifyFederated(client, assertion)
    if (outcome === true) return replaceCredentials(req, form, client)
    if (client.isPublic) return undefined
    recordClientRefusal(req, outcome.refused)
    const rejectedForm = replaceCredentials(req, form, client)
    rejectedForm.set('client_secret', 'refused')
    return rejectedForm
  }

  const acceptBearer = async (req: IncomingMessage, form: URLSearchParams) => {
    const [, bearer] = /^bearer +(\S+)$/i.exec(req.headers.authorization ?? '') ?? []
    if (bearer === undefined) return undefined
    const id = await clientOfToken(provider(), bearer)
    const isAssertion = id === undefined && form.has('client_id') && decodeAssertion(bearer) !== undefined
    if (isAssertion) return acceptAssertion(req, form, bearer)
    const client = id === undefined ? undefined : await stores.clients.findCached(id)
    return client && replaceCredentials(req, form, client)
  }

  return async (req: IncomingMessage, path: string): Promise<void> => {
    if (req.method !== 'POST' || !authenticatedPaths.has(path)) return
    if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '')) return
    const body = await peekBody(req, maxFormBytes)
    if (body === undefined) return
    const form = new URLSearchParams(body.toString())
    // The library rejects repeated parameters.
    const [assertion, ...repeated] = form.getAll('client_assertion')
    const declaredId = form.get('client_id') ?? parseBasicCredentials(req.headers.authorization)?.clientId
    const clientId = declaredId ?? (assertion === undefined ? undefined : decodeAssertion(assertion)?.subject)
    if (clientId !== undefined)
      await limits.assertNotBlocked(req, 'client-authentication', clientSubject(req, clientId))
    const isFederated =
      assertion !== undefined && repeated.length === 0 && form.get('client_assertion_type') === assertionType
    const normalized = isFederated
      ? await acceptAssertion(req, form, assertion)
      : path === protocolRoutes.introspection && /^bearer /i.test(req.headers.authorization ?? '')
        ? await acceptBearer(req, form)
        : normalizeHeader(req, form)
    const updatedForm = normalized ?? form
    const isRewritten =
      path === protocolRoutes.token
        ? await normalizeRedirectUri(provider(), updatedForm)
        : replaceJwt(req, path, updatedForm)
    const isPushed = path === protocolRoutes.pushed_authorization_request
    const hasAddedId = isPushed && addClientId(updatedForm, clientId)
    const isAdjusted =
      isPushed && (await adjustAuthorizationParameters(updatedForm, (id) => stores.clients.findCached(id)))
    if (isAdjusted || removeTrailingSlashes(updatedForm) || normalized || isRewritten || hasAddedId)
      replaceBody(req, Buffer.from(updatedForm.toString()))
  }
}

/**
 * Adds `client_id` to a pushed request, which RFC 9126 §2.1 requires, if the client identified itself only by header or
 * assertion. Modifies the form and returns whether it did.
 */
function addClientId(form: URLSearchParams, clientId: string | undefined): boolean {
  if (clientId === undefined || form.has('client_id')) return false
  form.set('client_id', clientId)
  return true
}
