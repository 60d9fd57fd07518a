import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { CoreContext } from '../context.ts'
import { NotAuthenticatedError } from '../errors.ts'
import type { BrowserTokens } from '../http/browser-token.ts'
import { recordCaller, requestContext } from '../http/request-context.ts'
import { authenticationContext, isWithoutPasskey, type Session, upgradedContext } from '../sessions/session.ts'
import type { SessionHistory, SignIn } from '../sessions/session-history.ts'
import { minUseInterval, remainingLifetime, updateUse } from '../sessions/session-use.ts'
import { findInactiveSessions, formatInactiveSessions, inactiveSessionsCookie } from './inactive-sessions.ts'
import type { ProviderSession } from './logout.ts'
import { getUse, isIdKnown, isStored, saveSession, setUse, touch } from './overrides/session-writes.ts'
import { endSessionsOfBrowser } from './session-ends.ts'
import { SessionEnded } from './stored-payload.ts'

interface SessionServices {
  readonly history: Pick<SessionHistory, 'start'>
  readonly browserTokens: Pick<BrowserTokens, 'identify' | 'browserIds'>
}

/** Milliseconds; the longest that browsers keep a cookie (RFC 6265bis §5.5). The store determines when a session ends. */
const cookieLifetime = 400 * 86_400_000

/** The browser session shared by `/authorize`, pages and API; it is the library's session. */
export function createSessions(
  { stores, clock, secure, sessionLifetime }: CoreContext,
  provider: () => Provider,
  { history, browserTokens }: SessionServices,
) {
  const { accounts } = stores

  const cookieExpiry = () => new Date(clock.now() + cookieLifetime)
  const cookie = { signed: false, httpOnly: true, sameSite: 'lax', secure, path: '/' } as const

  const openSession = async (req: IncomingMessage, res: ServerResponse) => {
    const current = provider()
    const ctx = current.createContext(req, res)
    const cookieName = current.cookieName('session')
    const session = await current.Session.get(ctx)
    return { current, ctx, session, cookieName, inactive: inactiveSessions(current, ctx) }
  }
  type OpenSession = Awaited<ReturnType<typeof openSession>>

  const inactiveSessions = (current: Provider, { cookies }: ReturnType<Provider['createContext']>) => ({
    sessions: () => findInactiveSessions(current, cookies),
    save(sessions: readonly ProviderSession[]): void {
      const value = formatInactiveSessions(sessions)
      const options = { ...cookie, signed: true, ...(value !== null && { expires: cookieExpiry() }) }
      cookies.set(inactiveSessionsCookie(current), value, options)
    },
  })

  /**
   * Sets the cookie only if the browser does not have it: if the response is late, the browser may already have a newer ID. For
   * the same reason a use does not extend the cookie.
   */
  const activate = ({ ctx, cookieName }: OpenSession, session: ProviderSession) => {
    if (isIdKnown(session) && ctx.cookies.get(cookieName) !== session.jti)
      ctx.cookies.set(cookieName, session.jti, { ...cookie, expires: cookieExpiry() })
  }

  /** Writes at most once a minute, so that most requests need no write. */
  const recordUse = async (req: IncomingMessage, session: ProviderSession) => {
    const [now, before] = [clock.now(), getUse(session)]
    if (before && now - before.lastUsedAt < minUseInterval) return
    const expiresIn = remainingLifetime(await sessionLifetime(), session.loginTs, now)
    await touch(session, { use: updateUse(before, requestContext(req), now), expiresIn })
  }

  const toSession = async ({ accountId, amr, acr, loginTs, uid }: ProviderSession): Promise<Session | undefined> => {
    if (accountId === undefined) return undefined
    const account = await accounts.find(accountId)
    if (!account || account.disabled) return undefined
    return { accountId, account, amr: amr ?? [], acr: acr ?? '0', authTime: loginTs ?? 0, uid }
  }

  const endMatching = async (
    req: IncomingMessage,
    res: ServerResponse,
    matches: (session: ProviderSession) => boolean,
  ): Promise<string | null | undefined> => {
    const { current, ctx, session, cookieName, inactive } = await openSession(req, res)
    const otherSessions = await inactive.sessions()
    const activeSessions = [session, ...otherSessions].filter(({ accountId }) => accountId !== undefined)
    const ended = activeSessions.find(matches)
    if (!ended) return activeSessions.length === 0 ? null : undefined
    await endSessionsOfBrowser(current, stores, {
      sessions: [ended],
      browsers: browserTokens.browserIds(req),
      inactive: [session, ...otherSessions],
    })
    if (ended === session) ctx.cookies.set(cookieName, null, cookie)
    else inactive.save(otherSessions.filter((candidate) => candidate !== ended))
    return ended.accountId
  }

  return {
    /**
     * The active session, or `undefined` if the account was deleted or disabled. Records the use once a minute, which extends the
     * session.
     */
    async read(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined> {
      const opened = await openSession(req, res)
      const session = await toSession(opened.session)
      recordCaller(req, { sessionUid: session?.uid ?? null })
      if (session) await recordUse(req, opened.session)
      return session
    },

    /** The sessions of all accounts in this browser, active one first. */
    async list(req: IncomingMessage, res: ServerResponse): Promise<readonly Session[]> {
      const { session, inactive } = await openSession(req, res)
      const all: readonly (Session | undefined)[] = await Promise.all(
        [session, ...(await inactive.sessions())].map(toSession),
      )
      const activeSessions = all.filter((candidate): candidate is Session => candidate !== undefined)
      // A sign-in at a client starts a session without checking for an existing one.
      return activeSessions.filter(
        ({ accountId }, index) => activeSessions.findIndex((candidate) => candidate.accountId === accountId) === index,
      )
    },

    /** Activates the session with this `uid`; `false` if this browser has none. */
    async switchTo(req: IncomingMessage, res: ServerResponse, uid: string): Promise<boolean> {
      const opened = await openSession(req, res)
      if (opened.session.accountId !== undefined && opened.session.uid === uid) return true
      const otherSessions = await opened.inactive.sessions()
      const selected = otherSessions.find((candidate) => candidate.uid === uid)
      if (!selected || !(await toSession(selected))) return false
      activate(opened, selected)
      opened.inactive.save([...otherSessions.filter((candidate) => candidate !== selected), opened.session])
      return true
    },

    /**
     * Ends the first matching session of this browser, checking the active one first, and revokes its grants. Returns its account
     * ID, `null` if no user is signed in, or `undefined` if no session matches.
     */
    endMatching,

    async endByUid(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string | undefined> {
      return (await endMatching(req, res, (session) => session.uid === uid)) ?? undefined
    },

    /**
     * Signs in a user in this browser. The session gets a new ID if the account or the authentication level changes. The session
     * of another user remains, and can be switched to.
     *
     * @throws the same errors as `SessionHistory.start`
     */
    async start(req: IncomingMessage, res: ServerResponse, signIn: SignIn): Promise<void> {
      const { accountId, method } = signIn
      const browser = browserTokens.identify(req, res)
      const opened = await openSession(req, res)
      const { current, session, inactive } = opened
      const { amr, acr, authTime } = authenticationContext(method, clock.now(), signIn.amr)
      const otherSessions = await inactive.sessions()
      const switchesAccount = session.accountId !== undefined && session.accountId !== accountId
      const existingSession = otherSessions.find((candidate) => candidate.accountId === accountId)
      const signInTo = async (target: ProviderSession) => {
        target.loginAccount({ accountId, amr: [...amr], acr, loginTs: authTime })
        setUse(target, requestContext(req), clock.now())
        await history.start(target.uid, signIn, () => saveSession(target), { isNew: !isStored(target), browser })
        return target
      }
      const candidate =
        session.accountId === accountId
          ? session
          : (existingSession ?? (switchesAccount ? new current.Session() : session))
      const target = await signInTo(candidate).catch((error: unknown) => {
        // If the session ended during the sign-in, start a new one.
        if (error instanceof SessionEnded) return signInTo(new current.Session())
        throw error
      })
      recordCaller(req, { sessionUid: target.uid })
      activate(opened, target)
      if (switchesAccount || existingSession)
        inactive.save([
          ...otherSessions.filter((candidate) => candidate !== existingSession),
          ...(switchesAccount ? [session] : []),
        ])
    },

    /**
     * Upgrades the session after a passkey registration to passkey authentication, with a new ID.
     *
     * @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended
     */
    async upgrade(req: IncomingMessage, res: ServerResponse): Promise<void> {
      const opened = await openSession(req, res)
      const { session } = opened
      const { accountId, amr = [], acr = '0' } = session
      if (accountId === undefined || !isWithoutPasskey({ acr })) return
      const upgraded = upgradedContext({ amr })
      const loginTs = Math.floor(clock.now() / 1000)
      session.loginAccount({ accountId, amr: [...upgraded.amr], acr: upgraded.acr, loginTs })
      await saveSession(session).catch((error: unknown) => {
        if (error instanceof SessionEnded) throw new NotAuthenticatedError('not_signed_in', 'The session has ended.')
        throw error
      })
      activate(opened, session)
    },

    /** Ends all sessions of this browser and revokes their grants. Returns the account ID of the active one. */
    async end(req: IncomingMessage, res: ServerResponse): Promise<string | undefined> {
      const { current, ctx, session, cookieName, inactive } = await openSession(req, res)
      const { accountId } = session
      const sessions = [session, ...(await inactive.sessions())]
      await endSessionsOfBrowser(current, stores, { sessions, browsers: browserTokens.browserIds(req) })
      inactive.save([])
      ctx.cookies.set(cookieName, null, cookie)
      return accountId
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>
