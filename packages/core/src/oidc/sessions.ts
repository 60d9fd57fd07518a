import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { Clock } from '../clock.ts'
import { requestContext } from '../http/request-context.ts'
import {
  authenticationContext,
  isWithoutPasskey,
  type Session,
  type SignInMethod,
  strengthened,
} from '../sessions/session.ts'
import { remaining, type SessionLifetime, usedNow, useExactness } from '../sessions/session-use.ts'
import { type ProviderSession, revokeGrantsOf } from './logout.ts'
import { notifyClientsOf } from './logout-notices.ts'
import { noteUse, touch, useOf } from './session-overrides.ts'

/** Who signs in, and how. */
export interface SignIn {
  readonly accountId: string
  readonly method: SignInMethod
}

/** The one browser session that `/authorize`, pages and API all see: the library's own. */
export interface Sessions {
  /**
   * Who is signed in here; nobody, where the account has gone or is disabled since. That the session was used is written
   * once a minute, and prolongs it.
   */
  read(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>
  /** Starts a session in this browser under a new id; another person's session stays, and can be switched to. */
  start(req: IncomingMessage, res: ServerResponse, signIn: SignIn): Promise<void>
  /** Everybody who is signed in in this browser, whoever is the active one first. */
  list(req: IncomingMessage, res: ServerResponse): Promise<readonly Session[]>
  /**
   * Makes the session of this `uid` the active one; `false` where there is none in this browser. It takes a new id, and its
   * use is noted, where the request that it was chosen for goes on.
   */
  switchTo(req: IncomingMessage, res: ServerResponse, uid: string): Promise<boolean>
  /** Ends one session of this browser, and what clients got in it. */
  endOne(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string | undefined>
  /**
   * Ends the first session of this browser that is meant, the active one before others, and what clients got in it. Returns
   * whose it was: `null` where nobody is signed in here, `undefined` where nobody is in such a session.
   */
  endWhere(
    req: IncomingMessage,
    res: ServerResponse,
    isMeant: (session: ProviderSession) => boolean,
  ): Promise<string | null | undefined>
  /** A passkey has been registered in this browser's session: from now on it is good for everything, under a new id. */
  strengthen(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Ends all sessions of this browser, and what clients got in them. Returns whose the active one was. */
  end(req: IncomingMessage, res: ServerResponse): Promise<string | undefined>
}

export interface SessionPorts {
  readonly provider: () => Provider
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly secure: boolean
  readonly sessionLifetime: () => Promise<SessionLifetime>
}

/** As many others may be signed in in one browser. */
const mostInactive = 5

export function createSessions({ provider, accounts, clock, secure, sessionLifetime }: SessionPorts): Sessions {
  const cookie = { signed: false, httpOnly: true, sameSite: 'lax', secure, path: '/' } as const
  const open = async (req: IncomingMessage, res: ServerResponse) => {
    const current = provider()
    const ctx = current.createContext(req, res)
    const cookieName = current.cookieName('session')
    const session = await current.Session.get(ctx)
    return { current, ctx, session, cookieName, inactive: inactiveSessions(current, ctx, `${cookieName}_others`) }
  }
  type Opened = Awaited<ReturnType<typeof open>>

  /** The sessions of the others who are signed in here. Their ids are in a cookie; the active one's changes too often. */
  const inactiveSessions = (current: Provider, { cookies }: ReturnType<Provider['createContext']>, name: string) => ({
    async sessions(): Promise<ProviderSession[]> {
      const ids = (cookies.get(name, { signed: true }) ?? '').split('.').filter((id) => /^[\w-]{20,80}$/.test(id))
      const found = await Promise.all(ids.slice(-mostInactive).map((id) => current.Session.find(id)))
      return found.flatMap((each) => (each?.accountId === undefined ? [] : [each]))
    },
    keep(sessions: readonly ProviderSession[]): void {
      const kept = sessions.slice(-mostInactive)
      const [ids, ends] = [kept.map(({ jti }) => jti), kept.map(({ exp }) => exp ?? 0)]
      const lasting = {
        ...cookie,
        signed: true,
        ...(ids.length > 0 && { expires: new Date(Math.max(...ends) * 1000) }),
      }
      cookies.set(name, ids.length > 0 ? ids.join('.') : null, lasting)
    },
  })

  const activate = ({ ctx, cookieName }: Opened, { jti, exp = 0 }: Pick<ProviderSession, 'jti' | 'exp'>) =>
    ctx.cookies.set(cookieName, jti, { ...cookie, expires: new Date(exp * 1000) })

  /** No more than once a minute, so that most requests write nothing. */
  const noteUseOf = async (req: IncomingMessage, opened: Opened) => {
    const { session } = opened
    const [now, before] = [clock.now(), useOf(session)]
    if (before && now - before.lastUsedAt < useExactness) return
    const expiresIn = remaining(await sessionLifetime(), session.loginTs, now)
    const touched = await touch(session, { use: usedNow(before, requestContext(req), now), expiresIn })
    if (touched) activate(opened, { jti: session.jti, exp: Math.floor(now / 1000) + expiresIn })
  }

  const toSession = async ({ accountId, amr, acr, loginTs, uid }: ProviderSession): Promise<Session | undefined> => {
    if (accountId === undefined) return undefined
    const account = await accounts.find(accountId)
    if (!account || account.disabled) return undefined
    return { accountId, amr: amr ?? [], acr: acr ?? '0', authTime: loginTs ?? 0, uid }
  }
  const endWhere: Sessions['endWhere'] = async (req, res, isMeant) => {
    const { current, ctx, session, cookieName, inactive } = await open(req, res)
    const others = await inactive.sessions()
    const present = [session, ...others].filter(({ accountId }) => accountId !== undefined)
    const ended = present.find(isMeant)
    if (!ended) return present.length === 0 ? null : undefined
    await endSession(current, ended)
    if (ended === session) ctx.cookies.set(cookieName, null, cookie)
    else inactive.keep(others.filter((each) => each !== ended))
    return ended.accountId
  }

  return {
    async read(req, res) {
      const opened = await open(req, res)
      const session = await toSession(opened.session)
      if (session) await noteUseOf(req, opened)
      return session
    },

    async list(req, res) {
      const { session, inactive } = await open(req, res)
      const all: readonly (Session | undefined)[] = await Promise.all(
        [session, ...(await inactive.sessions())].map(toSession),
      )
      const present = all.filter((each): each is Session => each !== undefined)
      // A sign-in at a client begins a session without looking for one that is there.
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

    async start(req, res, { accountId, method }) {
      const opened = await open(req, res)
      const { current, session, inactive } = opened
      const { amr, acr, authTime } = authenticationContext(method, clock.now())
      const others = await inactive.sessions()
      const another = session.accountId !== undefined && session.accountId !== accountId
      const own = others.find((each) => each.accountId === accountId)
      const begun = session.accountId === accountId ? session : (own ?? (another ? new current.Session() : session))
      if (typeof begun.exp === 'number') begun.resetIdentifier()
      begun.loginAccount({ accountId, amr: [...amr], acr, loginTs: authTime })
      noteUse(begun, requestContext(req), clock.now())
      await begun.save(0)
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
      // Whoever knows the id of the session as it began has no share in what it is worth from now on.
      session.resetIdentifier()
      session.loginAccount({ accountId, amr: [...better.amr], acr: better.acr, loginTs })
      await session.save(0)
      activate(opened, session)
    },

    async end(req, res) {
      const { current, ctx, session, cookieName, inactive } = await open(req, res)
      const { accountId } = session
      for (const each of [session, ...(await inactive.sessions())])
        if (typeof each.exp === 'number') await endSession(current, each)
      inactive.keep([])
      ctx.cookies.set(cookieName, null, cookie)
      return accountId
    },
  }
}

/** Ends a session and what clients were given in it. */
async function endSession(provider: Provider, session: ProviderSession): Promise<void> {
  await notifyClientsOf(provider, session)
  await revokeGrantsOf(provider, session)
  await session.destroy()
}
