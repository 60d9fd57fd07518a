import Provider, { type ClientMetadata, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Client } from '../../clients/client.ts'
import { clientChanges } from '../../clients/client-changes.ts'
import type { InitialAccessTokens } from '../../clients/initial-access-tokens.ts'
import type { Clients } from '../../clients/registration.ts'
import type { SelfRegistration } from '../../clients/self-registration.ts'
import type { CoreContext } from '../../context.ts'
import { ForbiddenError, InvalidInputError, RateLimitedError } from '../../errors.ts'
import { requestContext } from '../../http/request-context.ts'
import { networkOf } from '../../limits/network.ts'
import { tooManyRequests } from '../too-many-requests.ts'
import { toRegistrationRequest } from './metadata.ts'

interface RegistrationServices {
  readonly selfRegistration: SelfRegistration
  readonly initialAccessTokens: InitialAccessTokens
  readonly clients: Pick<Clients, 'find' | 'remove'>
}

/** The client stored by a request, for its response. */
export interface Registered {
  readonly client: Client
  readonly secret: string | null
}

/** Registers clients (RFC 7591) and manages them (RFC 7592) under the current policy. */
export function createRegistrar(
  { registrationPolicy: policy, before, audit, stores: { transaction } }: CoreContext,
  { selfRegistration, initialAccessTokens, clients }: RegistrationServices,
) {
  const outcomes = new WeakMap<object, Registered>()

  const findToken = async ({ oidc }: KoaContextWithOIDC) => {
    const token = await initialAccessTokens.find(oidc.getAccessToken())
    if (!token) throw new errors.InvalidToken('initial access token not found')
    return token
  }

  const register = async (ctx: KoaContextWithOIDC, id: string, metadata: ClientMetadata) => {
    const { mode, restrictToGroups } = await policy()
    const { input, ...request } = toRegistrationRequest(metadata)
    const token = mode === 'open' ? undefined : await findToken(ctx)
    if (token && !(await initialAccessTokens.use(token)))
      throw new errors.InvalidToken('initial access token is used up')
    const secret = request.needsSecret ? (metadata.client_secret ?? null) : null
    const client = await selfRegistration.create({
      ...request,
      input: { ...input, isGroupRestricted: restrictToGroups },
      id,
      secret,
      network: token === undefined ? networkOf(requestContext(ctx.req).ipAddress ?? '') : undefined,
    })
    outcomes.set(ctx.req, { client, secret })
    await audit.record(
      {
        event: 'client_registered',
        clientId: id,
        method: token ? 'initial_access_token' : 'open',
        ...(token && { initialAccessTokenId: token.id }),
        ...clientChanges(null, client),
      },
      requestContext(ctx.req),
    )
  }

  const change = async (ctx: KoaContextWithOIDC, id: string, metadata: ClientMetadata) => {
    const { before, client, secret } = await selfRegistration.change(id, toRegistrationRequest(metadata))
    outcomes.set(ctx.req, { client, secret })
    const changes = clientChanges(before, client)
    await audit.record(
      { event: 'client_updated', clientId: id, fields: Object.keys(changes.changes ?? {}), ...changes },
      requestContext(ctx.req),
    )
  }

  return {
    /** @throws InvalidToken if the policy requires an initial access token and the request has no valid one */
    async assertAllowed(ctx: KoaContextWithOIDC): Promise<void> {
      if ((await policy()).mode !== 'open') await findToken(ctx)
    },

    store: (id: string, metadata: ClientMetadata): Promise<void> =>
      withRegistrationErrors(async () => {
        const { ctx } = Provider
        const operation = ctx && { registration: register, client_update: change }[ctx.oidc.route]
        if (!operation) throw new errors.InvalidRequest('clients cannot be changed here')
        assertRedirects(metadata)
        await selfRegistration.check(toRegistrationRequest(metadata), operation === change ? id : undefined)
        await before(operation === register ? 'registerClient' : 'updateClient', { clientId: id, metadata })
        await transaction(() => operation(ctx, id, metadata))
      }),

    remove: (id: string): Promise<void> =>
      transaction(async () => {
        const { ctx } = Provider
        const before = await clients.find(id)
        if (!ctx || !before || !(await clients.remove(id))) return
        await audit.record(
          { event: 'client_removed', clientId: id, ...clientChanges(before, null) },
          requestContext(ctx.req),
        )
      }),

    outcome: (req: object): Registered | undefined => outcomes.get(req),
  }
}

export type Registrar = ReturnType<typeof createRegistrar>

/**
 * Rejects URIs that only administrators may register: wildcards, and non-HTTPS URIs for `initiate_login_uri` or for ID tokens
 * from the authorization endpoint (OpenID Connect Dynamic Client Registration §2).
 *
 * @throws InvalidClientMetadata
 */
function assertRedirects({
  redirect_uris = [],
  post_logout_redirect_uris = [],
  response_types = [],
  application_type = 'web',
  initiate_login_uri,
}: ClientMetadata): void {
  if (redirect_uris.some((uri) => uri.includes('*')))
    throw new errors.InvalidClientMetadata('redirect_uris must not contain wildcards')
  if (post_logout_redirect_uris.some((uri) => uri.includes('*')))
    throw new errors.InvalidClientMetadata('post_logout_redirect_uris must not contain wildcards')
  if (initiate_login_uri !== undefined && !/^https:/i.test(initiate_login_uri))
    throw new errors.InvalidClientMetadata('initiate_login_uri must use https')
  const isImplicit = application_type === 'web' && response_types.some((type) => type.split(' ').includes('id_token'))
  if (isImplicit && redirect_uris.some((uri) => !/^https:/i.test(uri)))
    throw new errors.InvalidClientMetadata('redirect_uris must use https for the implicit flow')
}

const metadataNames: Readonly<Record<string, string>> = { name: 'client_name', isPublic: 'token_endpoint_auth_method' }

/** Runs the function and converts our errors to those of RFC 7591 §3.2.2. */
async function withRegistrationErrors<T>(work: () => Promise<T>): Promise<T> {
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
