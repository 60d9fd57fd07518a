import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { Clock } from '../clock.ts'
import { NotAuthenticatedError } from '../errors.ts'
import { recordCaller, requestContext } from '../http/request-context.ts'
import { authenticationContext, isWithoutPasskey, type Session, strengthened } from '../sessions/session.ts'
import type { SessionHistory, SignIn } from '../sessions/session-history.ts'
import { remaining, type SessionLifetime, usedNow, useExactness } from '../sessions/session-use.ts'
import type { Transaction } from '../transaction.ts'
import type { ProviderSession } from './logout.ts'
import { isNamed, noteBrowser, noteUse, SessionEnded, saveSession, touch, useOf } from './overrides/session-writes.ts'

/** The browser session shared by `/authorize`, pages and API; it is the library's session. */
export interface Sessions {
  /**
   * The active session, or `undefined` if the account was deleted or disabled. Records the use once a minute, which extends the
   * session.
   */
  read(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>
  /**
   * Signs in a user in this browser. The session gets a new ID if the account or the authentication level changes. The session
   * of another user remains, and can be switched to.
   *
   * @throws as `SessionHistory.start`
   */
  start(req: IncomingMessage, res: ServerResponse, signIn: SignIn): Promise<void>
  /** The sessions of all accounts in this browser, active one first. */
  list(req: IncomingMessage, res: ServerResponse): Promise<readonly Session[]>
  /** Activates the session with this `uid`; `false` if this browser has none. */
  switchTo(req: IncomingMessage, res: ServerResponse, uid: string): Promise<boolean>
  /** Ends one session of this browser and revokes its grants. */
  endOne(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string | undefined>
  /**
   * Ends the first matching session of this browser, checking the active one first, and revokes its grants. Returns its account
   * ID, `null` if no user is signed in, or `undefined` if no session matches.
   */
  endWhere(
    req: IncomingMessage,
    res: ServerResponse,
    isMeant: (session: ProviderSession) => boolean,
  ): Promise<string | null | undefined>
  /**
   * Upgrades the session after a passkey registration to passkey authentication, with a new ID.
   *
   * @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended
   */
  strengthen(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Ends all sessions of this browser and revokes their grants. Returns the account ID of the active one. */
  end(req: IncomingMessage, res: ServerResponse): Promise<string | undefined>
}

export interface SessionPorts {
  readonly provider: () => Provider
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly secure: boolean
  readonly sessionLifetime: () => Promise<SessionLifetime>
  /** Identifies the browser of a request. */
  readonly browserOf: (req: IncomingMessage) => string | undefined
  readonly history: Pick<SessionHistory, 'start'>
  readonly transaction: Transaction
}

/** Maximum number of inactive sessions per browser. */
const maxInactive = 5

export function createSessions(ports: SessionPorts): Sessions {
  const { provider, accounts, clock, secure, sessionLifetime, browserOf, history, transaction } = ports
  const cookie = { signed: false, httpOnly: true, sameSite: 'lax', secure, path: '/' } as const
  const open = async (req: IncomingMessage, res: ServerResponse) => {
    const current = provider()
    const ctx = current.createContext(req, res)
    const cookieName = current.cookieName('session')
    const session = await current.Session.get(ctx)
    return { current, ctx, session, cookieName, inactive: inactiveSessions(current, ctx, `${cookieName}_others`) }
  }
  type Opened = Awaited<ReturnType<typeof open>>

  /** The inactive sessions. A cookie contains only their IDs, because the ID of the active session changes too often. */
  const inactiveSessions = (current: Provider, { cookies }: ReturnType<Provider['createContext']>, name: string) => ({
    async sessions(): Promise<ProviderSession[]> {
      const ids = (cookies.get(name, { signed: true }) ?? '').split('.').filter((id) => /^[\w-]{20,80}$/.test(id))
      const found = await Promise.all(ids.slice(-maxInactive).map((id) => current.Session.find(id)))
      return found.flatMap((each) => (each?.accountId === undefined ? [] : [each]))
    },
    keep(sessions: readonly ProviderSession[]): void {
      const kept = sessions.slice(-maxInactive)
      const [ids, ends] = [kept.map(({ jti }) => jti), kept.map(({ exp }) => exp ?? 0)]
      const lasting = {
        ...cookie,
        signed: true,
        ...(ids.length > 0 && { expires: new Date(Math.max(...ends) * 1000) }),
      }
      cookies.set(name, ids.length > 0 ? ids.join('.') : null, lasting)
    },
  })

  const activate = ({ ctx, cookieName }: Opened, session: ProviderSession, exp = session.exp) => {
    if (isNamed(session)) ctx.cookies.set(cookieName, session.jti, { ...cookie, expires: new Date(exp * 1000) })
  }

  /** Writes at most once a minute, so that most requests need no write. */
  const recordUseOf = async (req: IncomingMessage, opened: Opened) => {
    const { session } = opened
    const [now, before] = [clock.now(), useOf(session)]
    if (before && now - before.lastUsedAt < useExactness) return
    const expiresIn = remaining(await sessionLifetime(), session.loginTs, now)
    const touched = await touch(session, { use: usedNow(before, requestContext(req), now), expiresIn })
    if (touched) activate(opened, session, Math.floor(now / 1000) + expiresIn)
  }

  const toSession = async ({ accountId, amr, acr, loginTs, uid }: ProviderSession): Promise<Session | undefined> => {
    if (accountId === undefined) return undefined
    const account = await accounts.find(accountId)
    if (!account || account.disabled) return undefined
    return { accountId, amr: amr ?? [], acr: acr ?? '0', authTime: loginTs ?? 0, uid }
  }
  const endWhere: Sessions['endWhere'] = async (req, res, isMeant) => {
    const { ctx, session, cookieName, inactive } = await open(req, res)
    const others = await inactive.sessions()
    const present = [session, ...others].filter(({ accountId }) => accountId !== undefined)
    const ended = present.find(isMeant)
    if (!ended) return present.length === 0 ? null : undefined
    await ended.destroy()
    if (ended === session) ctx.cookies.set(cookieName, null, cookie)
    else inactive.keep(others.filter((each) => each !== ended))
    return ended.accountId
  }

  return {
    async read(req, res) {
      const opened = await open(req, res)
      const session = await toSession(opened.session)
      recordCaller(req, { sessionUid: session?.uid ?? null })
      if (session) await recordUseOf(req, opened)
      return session
    },

    async list(req, res) {
      const { session, inactive } = await open(req, res)
      const all: readonly (Session | undefined)[] = await Promise.all(
        [session, ...(await inactive.sessions())].map(toSession),
      )
      const present = all.filter((each): each is Session => each !== undefined)
      // A sign-in at a client starts a session without checking for an existing one.
      return present.filter(
        ({ accountId }, index) => present.findIndex((each) => each.accountId === accountId) === index,
      )
    },

    async switchTo(req, res, uid) {
      const opened = await open(req, res)
      if (opened.session.accountId !== undefined && opened.session.uid === uid) return true
      const others = await opened.inactive.sessions()
      const chosen = others.find((each) => each.uid === uid)
      if (!chosen || !(await toSession(chosen))) return false
      activate(opened, chosen)
      opened.inactive.keep([...others.filter((each) => each !== chosen), opened.session])
      return true
    },

    endWhere,

    async endOne(req, res, uid) {
      return (await endWhere(req, res, (session) => session.uid === uid)) ?? undefined
    },

    async start(req, res, signIn) {
      const { accountId, method } = signIn
      const opened = await open(req, res)
      const { current, session, inactive } = opened
      const { amr, acr, authTime } = authenticationContext(method, clock.now())
      const others = await inactive.sessions()
      const another = session.accountId !== undefined && session.accountId !== accountId
      const own = others.find((each) => each.accountId === accountId)
      const begin = async (begun: ProviderSession) => {
        begun.loginAccount({ accountId, amr: [...amr], acr, loginTs: authTime })
        noteUse(begun, requestContext(req), clock.now())
        noteBrowser(begun, browserOf(req))
        await history.start(begun.uid, signIn, () => saveSession(begun))
        return begun
      }
      const present = session.accountId === accountId ? session : (own ?? (another ? new current.Session() : session))
      const begun = await begin(present).catch((error: unknown) => {
        // If the session ended during the sign-in, start a new one.
        if (error instanceof SessionEnded) return begin(new current.Session())
        throw error
      })
      recordCaller(req, { sessionUid: begun.uid })
      activate(opened, begun)
      if (another || own) inactive.keep([...others.filter((each) => each !== own), ...(another ? [session] : [])])
    },

    async strengthen(req, res) {
      const opened = await open(req, res)
      const { session } = opened
      const { accountId, amr = [], acr = '0' } = session
      if (accountId === undefined || !isWithoutPasskey({ acr })) return
      const better = strengthened({ amr })
      const loginTs = Math.floor(clock.now() / 1000)
      session.loginAccount({ accountId, amr: [...better.amr], acr: better.acr, loginTs })
      await saveSession(session).catch((error: unknown) => {
        if (error instanceof SessionEnded) throw new NotAuthenticatedError('not_signed_in', 'The session has ended.')
        throw error
      })
      activate(opened, session)
    },

    async end(req, res) {
      const { ctx, session, cookieName, inactive } = await open(req, res)
      const { accountId } = session
      const all = [session, ...(await inactive.sessions())]
      // Sorted, because each end locks its account.
      const ordered = all.toSorted((one, other) => ((one.accountId ?? '') < (other.accountId ?? '') ? -1 : 1))
      await transaction(async () => {
        for (const each of ordered) await each.destroy()
      })
      inactive.keep([])
      ctx.cookies.set(cookieName, null, cookie)
      return accountId
    },
  }
}
