import type Provider from 'oidc-provider'
import type { ResponseStep } from './after-response.ts'
import { extras } from './client-metadata.ts'
import { protocolRoutes } from './paths.ts'

/** The page shown after sign-out. */
const signedOutPath = `${protocolRoutes.end_session}/success`

export interface PostLogoutRequest {
  readonly redirectUri: string | null
  readonly state: string | null
  readonly uiLocales: string | null
}

interface LibraryClient {
  readonly clientId: string
  postLogoutRedirectUriAllowed(uri: string): boolean
}

/**
 * The URL to open after a client has signed the user out: the requested URI or, with an ID token, the first registered one, as
 * the API contract requires. Dynamically registered clients get our own page instead, as OpenID Connect RP-Initiated Logout §2
 * specifies. Returns `undefined` if the requested URI is not registered.
 */
export function getPostLogoutUrl(
  { client, hint }: { readonly client?: LibraryClient; readonly hint?: object },
  issuer: string,
  { redirectUri, state, uiLocales }: PostLogoutRequest,
): string | undefined {
  if (client && redirectUri !== null && !client.postLogoutRedirectUriAllowed(redirectUri)) return undefined
  const uri = client && (redirectUri ?? (hint && findRegisteredUri(client)))
  if (uri !== undefined) return state === null ? uri : setParameter(uri, 'state', state)
  const page = issuer + signedOutPath
  const clientPage = client ? setParameter(page, 'client_id', client.clientId) : page
  return uiLocales === null ? clientPage : setParameter(clientPage, 'ui_locales', uiLocales)
}

function findRegisteredUri(client: LibraryClient): string | undefined {
  const { pocket_origin: origin, pocket_post_logout_redirect_uris: registered } = extras(client)
  if (origin.kind !== 'administrator') return undefined
  return registered.find((uri) => !uri.includes('*') && client.postLogoutRedirectUriAllowed(uri))
}

export function setParameter(uri: string, name: string, value: string): string {
  const url = new URL(uri)
  url.searchParams.set(name, value)
  return url.href
}

/** Keeps `ui_locales` for the page after a confirmed logout, because the library drops it. */
export function preserveLanguageAtLogout(provider: Provider): ResponseStep {
  return (ctx) => {
    if (ctx.method !== 'POST' || ctx.path !== `${protocolRoutes.end_session}/confirm` || ctx.status !== 303) return
    const { ui_locales: uiLocales } = ctx.query
    const location = ctx.response.get('Location')
    if (location.startsWith(provider.issuer + signedOutPath) && typeof uiLocales === 'string')
      ctx.redirect(setParameter(location, 'ui_locales', uiLocales))
    return
  }
}

/** Redirects rejected end-session requests to the host's sign-out page, including those of programs, which receive no error page. */
export function redirectRejectedLogouts(signOutUrl: string | undefined): ResponseStep {
  return (ctx) => {
    if (signOutUrl === undefined || ctx.path !== protocolRoutes.end_session || ctx.status < 400 || ctx.status >= 500)
      return
    ctx.status = 303
    ctx.redirect(signOutUrl)
    return
  }
}
