import type { Context } from 'koa'
import type { Client } from '../clients/client.ts'
import { sitePath } from '../clients/protected-site.ts'
import type { CoreContext } from '../context.ts'
import { sha256 } from '../hash.ts'
import { getEndpoints } from '../oidc/paths.ts'
import type { SiteSessions } from '../oidc/site-sessions.ts'
import { randomToken } from '../random.ts'
import type { createAuthorizeRequest } from './authorize-request.ts'
import type { ProxyRequest } from './proxy-request.ts'
import { SiteCookies, targetOf } from './site-cookies.ts'
import type { ShowSitePage } from './site-page.ts'

/** Attempts to sign in, or returns to the same page, after which a loop is reported. */
const maxAttempts = 3
/** Characters; the state parameter contains the URL. */
const maxReturnLength = 2000

interface SignInServices {
  readonly siteSessions: SiteSessions
  readonly authorize: ReturnType<typeof createAuthorizeRequest>
  readonly showPage: ShowSitePage
}

/** Where a browser starts the sign-in for a request that was checked at this time. */
export function startUrl(
  { host, target, method }: Pick<ProxyRequest, 'host' | 'target' | 'method'>,
  checkedAt: number,
): string {
  const parameters = new URLSearchParams({ to: target, at: String(checkedAt), ...(method === 'POST' && { method }) })
  return `https://${host}${sitePath}start?${parameters}`
}

/** The sign-in at the host of a protected site: an authorization code flow of the site's client, with PKCE. */
export function createSiteSignIn(
  { issuer, clock }: Pick<CoreContext, 'issuer' | 'clock'>,
  { siteSessions, authorize, showPage }: SignInServices,
) {
  const showPosted = (ctx: Context, href: string) => showPage(ctx, { status: 200, message: 'form_not_sent', href })
  const showLoop = (ctx: Context, href: string, message: 'cookies_blocked' | 'cookie_not_forwarded') =>
    showPage(ctx, { status: 508, message, href })
  const { authorization, end_session } = getEndpoints(issuer.id)

  const start = async (ctx: Context, site: Client, host: string, parameters: URLSearchParams) => {
    const cookies = new SiteCookies(ctx.req, ctx.res)
    const to = localTarget(parameters.get('to') ?? '/')
    const isPosted = parameters.get('method') === 'POST'
    const attempt = parameters.get('attempt') === '3' ? 3 : parameters.get('attempt') === '2' ? 2 : 1
    const path = to.split('?', 1)[0] ?? '/'
    const request = { host, method: isPosted ? 'POST' : 'GET', path, overridingMethods: [] }
    const decision = await authorize(site, request, { reference: cookies.reference, serviceToken: undefined })
    const { verdict, rule, reason } = decision
    if (verdict === 'allow') {
      const times = { checkedAt: Number(parameters.get('at')), now: clock.now() }
      if (cookies.countReturns(to, times) >= maxAttempts) return showLoop(ctx, to, 'cookie_not_forwarded')
      return isPosted ? showPosted(ctx, to) : redirect(ctx, to)
    }
    if (verdict === 'deny')
      return showPage(ctx, { status: 403, message: reason === 'second_passkey' ? reason : 'denied' })
    const verifier = randomToken()
    const maxAge = site.protocol.accessRules[rule ?? -1]?.maxPasskeyAgeMinutes ?? null
    const authorizationRequest = new URLSearchParams({
      client_id: site.id,
      redirect_uri: callbackUrl(host),
      response_type: 'code',
      scope: 'openid',
      state: cookies.startSignIn({ verifier, to, isPosted }, attempt),
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      // A session without a passkey can be recent enough, so its age is not sufficient.
      ...(verdict === 'use_passkey' ? { prompt: 'login' } : maxAge !== null && { max_age: String(maxAge * 60) }),
    })
    redirect(ctx, `${authorization}?${authorizationRequest}`)
  }

  const finish = async (ctx: Context, site: Client, host: string, parameters: URLSearchParams) => {
    const cookies = new SiteCookies(ctx.req, ctx.res)
    const state = parameters.get('state') ?? ''
    const signIn = cookies.finishSignIn(state)
    const restart = (to: string) => {
      const attempt = Number(/^[1-9]/.exec(state)?.[0] ?? maxAttempts) + 1
      if (attempt > maxAttempts) return showLoop(ctx, to, 'cookies_blocked')
      redirect(ctx, `${sitePath}start?${new URLSearchParams({ to, attempt: String(attempt) })}`)
    }
    // Another tab may have finished this sign-in, or the browser does not keep cookies.
    if (!signIn) return restart(localTarget(targetOf(state)))
    const { to, verifier, isPosted } = signIn
    if (parameters.get('iss') !== issuer.id) return restart(to)
    if (parameters.get('error') !== null) return showPage(ctx, { status: 403, message: 'canceled', href: to })
    const reference = await siteSessions.start({
      code: parameters.get('code') ?? '',
      clientId: site.id,
      redirectUri: callbackUrl(host),
      codeVerifier: verifier,
    })
    if (reference === undefined) return restart(to)
    cookies.setReference(reference)
    return isPosted ? showPosted(ctx, to) : redirect(ctx, to)
  }

  return async (ctx: Context, site: Client, host: string, target: string): Promise<void> => {
    ctx.set('Cache-Control', 'no-store')
    ctx.set('Referrer-Policy', 'no-referrer')
    const { pathname, searchParams } = new URL(target, 'https://site.invalid')
    const page = ctx.method === 'GET' ? pathname.slice(sitePath.length) : ''
    if (page === 'start') return start(ctx, site, host, searchParams)
    if (page === 'callback') return finish(ctx, site, host, searchParams)
    if (page === 'sign-out') return redirect(ctx, end_session)
    showPage(ctx, { status: 404, message: 'not_found' })
  }
}

function callbackUrl(host: string): string {
  return `https://${host}${sitePath}callback`
}

function redirect(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
  ctx.body = ''
}

/** A path and query of the site itself, so that a link cannot redirect to another site; `/` for anything else. */
function localTarget(to: string): string {
  const isLocal = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(to) && !to.startsWith(sitePath)
  if (!isLocal) return '/'
  return [to, to.split('?', 1)[0] ?? ''].find(({ length }) => length <= maxReturnLength) ?? '/'
}
