import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { InvalidInputError, UnavailableError } from '../errors.ts'
import { setPageHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'
import { parseLanguages } from '../views/languages.ts'
import type { ClientView, ErrorView, RenderView, SignOutView } from '../views/views.ts'
import { extras } from './client-metadata.ts'
import { beginLogout, isLogout } from './logout.ts'
import { setParameter } from './post-logout.ts'
import { type GetStartUrl, restartUrl, startUrlOfFinished } from './restart.ts'
import { SessionEnded } from './stored-payload.ts'

interface LibraryError {
  readonly error: string
  readonly error_description?: string | undefined
}

export interface ProtocolPages {
  renderError(ctx: KoaContextWithOIDC, libraryError: LibraryError, error: Error): Promise<void>
  logoutSource(ctx: KoaContextWithOIDC, form: string): Promise<void>
  postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void>
}

/** A request with a redirect URI that the client has not registered. */
export interface RefusedRedirectUri {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly clientId: string
  readonly received: string
}

/** Shown to a user who manages the client: the registered redirect URIs, and a link that registers the rejected one. */
export interface RedirectUriRemedy {
  readonly registered: readonly string[]
  readonly acceptWith?: ErrorView['acceptWith'] | undefined
}

/**
 * Resolves to `undefined` unless the signed-in user manages the client.
 *
 * @example
 * ```ts
 * pages: { redirectUriRemedy: async ({ req }) => ((await isAdministrator(req)) ? remedy : undefined) }
 * ```
 */
export type FindRedirectUriRemedy = (refused: RefusedRedirectUri) => Promise<RedirectUriRemedy | undefined>

interface ProtocolPageOptions {
  readonly render: RenderView
  readonly getStartUrl: GetStartUrl
  readonly redirectUriRemedy: FindRedirectUriRemedy
  /** Whether the host has a sign-out page, to which rejected end-session requests are redirected. */
  readonly hasSignOutPage: boolean
}

export function createProtocolPages({
  render,
  getStartUrl,
  redirectUriRemedy,
  hasSignOutPage,
}: ProtocolPageOptions): ProtocolPages {
  const show = async (ctx: KoaContextWithOIDC, view: Parameters<RenderView>[0]) => {
    setPageHeaders(ctx.res, 'to-clients')
    ctx.type = 'html'
    const uiLocales = ctx.oidc?.params?.ui_locales ?? ctx.query.ui_locales
    ctx.body = await render({ ...view, languages: parseLanguages(uiLocales) }, ctx.req)
  }
  /** Where to restart a request that an ended session or interaction interrupted. */
  const findRetryUrl = async ({ oidc, params }: KoaContextWithOIDC, error: Error): Promise<string | null> => {
    if (!(error instanceof errors.SessionNotFound)) return null
    const { client, entities, provider } = oidc
    if (error instanceof SessionEnded && client?.requirePushedAuthorizationRequests) return getStartUrl(client.clientId)
    const request = error instanceof SessionEnded ? oidc.params : entities.Interaction?.params
    if (request) return restartUrl(provider, { params: { ...request } })
    return oidc.route === 'resume' ? startUrlOfFinished(provider, String(params.uid), getStartUrl) : null
  }
  const showSignOut = (ctx: KoaContextWithOIDC, secret: unknown, refused?: SignOutView['refused']) => {
    const { post_logout_redirect_uri: destination, ui_locales: uiLocales } = ctx.oidc.params ?? {}
    const submitTo = ctx.oidc.urlFor('end_session_confirm')
    return show(ctx, {
      view: 'sign-out',
      client: refused ? null : clientView(ctx, destination),
      submitTo: typeof uiLocales === 'string' ? setParameter(submitTo, 'ui_locales', uiLocales) : submitTo,
      hidden: { xsrf: typeof secret === 'string' ? secret : '' },
      confirm: { name: 'logout', value: 'yes' },
      ...(refused && { refused }),
    })
  }
  return {
    async renderError(ctx, libraryError, error) {
      // `outages.ts` sends this response.
      if (error instanceof UnavailableError) return
      const { requestId } = requestContext(ctx.req)
      const description = libraryError.error_description ?? error.message
      if (isLogout(ctx) && ctx.status < 500) {
        // `post-logout.ts` redirects.
        if (hasSignOutPage) return
        const secret = await beginLogout(ctx)
        ctx.status = 200
        if (secret === undefined) return show(ctx, { view: 'signed-out', client: null })
        return showSignOut(ctx, secret, { code: libraryError.error, description, requestId })
      }
      const redirectUri = ctx.oidc?.params?.redirect_uri
      const received = typeof redirectUri === 'string' ? redirectUri : undefined
      const clientId = ctx.oidc?.client?.clientId
      const remedy =
        libraryError.error === 'invalid_redirect_uri' && received !== undefined && clientId !== undefined
          ? await redirectUriRemedy({ req: ctx.req, res: ctx.res, clientId, received })
          : undefined
      await show(ctx, {
        view: 'error',
        status: ctx.status,
        code: toPageCode(libraryError.error, error, received),
        description,
        details: {
          ...getClientDetails(ctx),
          ...(isRedirectUriMissing(ctx, libraryError) && { missing: 'redirect_uri' }),
          ...(libraryError.error === 'invalid_redirect_uri' && received !== undefined && { received }),
          ...(remedy && { registered: remedy.registered.join(' ') }),
        },
        ...(remedy?.acceptWith && { acceptWith: remedy.acceptWith }),
        fields: [],
        requestId,
        retryAt: await findRetryUrl(ctx, error),
      })
    },

    async logoutSource(ctx) {
      await showSignOut(ctx, ctx.oidc.session?.state?.secret)
    },

    async postLogoutSuccessSource(ctx) {
      await show(ctx, { view: 'signed-out', client: clientView(ctx, undefined) })
    },
  }
}

/** The error code of the page, which can be more specific than the protocol error. */
function toPageCode(code: string, error: Error, received: string | undefined): string {
  const { cause } = error
  if (error instanceof errors.SessionNotFound) return 'interaction_expired'
  if (code === 'invalid_redirect_uri' && received?.includes('#')) return 'redirect_uri_has_fragment'
  // The metadata document was rejected (`adapter.ts`), so neither ID nor secret is wrong.
  return code === 'invalid_client' && cause instanceof InvalidInputError ? 'invalid_client_metadata' : code
}

/** Whether `redirect_uri` is missing, alone or with other parameters. */
function isRedirectUriMissing({ oidc }: KoaContextWithOIDC, { error, error_description = '' }: LibraryError): boolean {
  const isIncomplete = error === 'invalid_request' && error_description.startsWith('missing required parameter')
  return isIncomplete && oidc?.route === 'authorization' && oidc.params?.redirect_uri === undefined
}

/** Shows an unknown client ID too, unless its characters would let it pass as our own text. */
function getClientDetails({ oidc, query }: KoaContextWithOIDC): { readonly client?: string } {
  if (oidc?.client) return { client: oidc.client.clientName ?? oidc.client.clientId }
  const id = oidc?.params?.client_id ?? query.client_id
  return typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id) ? { client: id } : {}
}

function clientView(ctx: KoaContextWithOIDC, destination: unknown): ClientView | null {
  const { client } = ctx.oidc
  if (!client) return null
  const { clientId: id, clientName: name = id } = client
  return { id, name, destination: toDestination(destination), origin: extras(client).pocket_origin }
}

/** The part of a URL that users recognize: the host and port, or the scheme of an app. */
export function toDestination(uri: unknown): string | null {
  const url = typeof uri === 'string' ? URL.parse(uri) : null
  if (!url) return null
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : url.protocol.slice(0, -1)
}
