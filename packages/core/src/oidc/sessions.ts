import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { findAccount } from '../accounts/eligibility.ts'
import type { Clock } from '../clock.ts'
import {
  authenticationContext,
  isWithoutPasskey,
  type Session,
  type SignInMethod,
  strengthened,
} from '../sessions/session.ts'
import { type ProviderSession, revokeGrantsOf } from './logout.ts'
import { notifyClientsOf } from './logout-notices.ts'

/** Who signs in, and how. */
export interface SignIn {
  readonly accountId: string
  readonly method: SignInMethod
}

/** The one browser session that `/authorize`, pages and API all see: the library's own. */
export interface Sessions {
  /** Who is signed in here; nobody, where the account has gone or is disabled since. Writes nothing. */
  read(req: IncomingMessage, res: ServerResponse): Promise<Session | undefined>
  /** Starts a session in this browser under a new id; another person's session here ends. */
  start(req: IncomingMessage, res: ServerResponse, signIn: SignIn): Promise<void>
  /** A passkey has been registered in this browser's session: from now on it is good for everything. */
  strengthen(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Ends the session, and what clients got in it. Returns whose it was. */
  end(req: IncomingMessage, res: ServerResponse): Promise<string | undefined>
}

export interface SessionPorts {
  readonly provider: () => Provider
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly secure: boolean
  /** Seconds. */
  readonly sessionLifetime: number
}

export function createSessions({ provider, accounts, clock, secure, sessionLifetime }: SessionPorts): Sessions {
  const cookie = { signed: false, httpOnly: true, sameSite: 'lax', secure, path: '/' } as const
  const open = async (req: IncomingMessage, res: ServerResponse) => {
    const current = provider()
    const ctx = current.createContext(req, res)
    return { current, ctx, session: await current.Session.get(ctx), cookieName: current.cookieName('session') }
  }
  return {
    async read(req, res) {
      const { session } = await open(req, res)
      const { accountId, amr, acr, loginTs, uid } = session
      if (accountId === undefined) return undefined
      const account = await findAccount(accounts, accountId)
      if (!account || account.disabled) return undefined
      return { accountId, amr: amr ?? [], acr: acr ?? '0', authTime: loginTs ?? 0, uid }
    },

    async start(req, res, { accountId, method }) {
      const { current, ctx, session, cookieName } = await open(req, res)
      const { amr, acr, authTime } = authenticationContext(method, clock.now())
      const another = session.accountId !== undefined && session.accountId !== accountId
      if (another) await endSession(current, session)
      const fresh = another ? new current.Session() : session
      if (fresh === session && typeof session.exp === 'number') session.resetIdentifier()
      fresh.loginAccount({ accountId, amr: [...amr], acr, loginTs: authTime })
      await fresh.save(sessionLifetime)
      ctx.cookies.set(cookieName, fresh.jti, { ...cookie, expires: new Date(clock.now() + sessionLifetime * 1000) })
    },

    async strengthen(req, res) {
      const { session } = await open(req, res)
      const { accountId, amr = [], acr = '0', loginTs } = session
      if (accountId === undefined || !isWithoutPasskey({ acr })) return
      const better = strengthened({ amr })
      session.loginAccount({ accountId, amr: [...better.amr], acr: better.acr, ...(loginTs && { loginTs }) })
      await session.persist()
    },

    async end(req, res) {
      const { current, ctx, session, cookieName } = await open(req, res)
      const { accountId } = session
      if (typeof session.exp === 'number') await endSession(current, session)
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
