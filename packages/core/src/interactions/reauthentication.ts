import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { NotAuthenticated } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { BearerCookie } from '../http/bearer-cookie.ts'
import type { Limiter } from '../limits/limiter.ts'
import type { Sessions } from '../oidc/sessions.ts'
import { randomToken } from '../random.ts'
import type { ReauthenticationStore } from '../sessions/reauthentication-store.ts'
import type { Session } from '../sessions/session.ts'
import type { SessionHistory } from '../sessions/session-history.ts'
import type { SignInService } from './sign-in.ts'

/** How long a reauthentication waits to be used, in milliseconds. */
export const reauthenticationLifetime = 3 * 60_000
const fresh = 60_000

/** Whether that was in the last moments; what a wrong clock has put into the future was not. */
function isRecent(at: number, now: number, within: number): boolean {
  return Math.abs(now - at) <= within
}

/**
 * Proves again, for one sensitive act, that it is the person who is signed in here. The proof is a token in a cookie: good
 * once, for three minutes, for this person in this session.
 */
export interface ReauthenticationService {
  /**
   * By a passkey of the person who is signed in here.
   *
   * @throws as `SignInService.confirm` @throws {RateLimited} `rate_limited` @throws {NotAuthenticated} `reauthentication_required` for somebody else's passkey
   */
  withPasskey(req: IncomingMessage, res: ServerResponse, response: unknown): Promise<void>
  /**
   * By the passkey that began this session within the last minute.
   *
   * @throws {NotAuthenticated} `reauthentication_required` @throws {RateLimited} `rate_limited`
   */
  withFreshSession(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * That a passkey was used in this session within the last minute, or one registered in it as its first. Uses nothing up.
   *
   * @throws {NotAuthenticated} `reauthentication_required`
   * @throws {Forbidden} `passkey_required` where the account has none and none was used in the session
   */
  assertFresh(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * The same before a passkey is added. A session in which no passkey was used may add one without it, for fifteen minutes, if it
   * began by sign-up, set-up, the API or a login code, and after the latest removal of a passkey of the account.
   *
   * @throws {NotAuthenticated} `reauthentication_required` @throws {Forbidden} `sign_in_again` where the account has none
   */
  assertCanAddPasskey(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * Uses the proof up.
   *
   * @param within - how long ago the passkey may have been used, in milliseconds; by default as long as the proof lasts
   * @throws {NotAuthenticated} `reauthentication_required`
   */
  demand(req: IncomingMessage, res: ServerResponse, within?: number): Promise<void>
}

export interface ReauthenticationPorts {
  readonly store: ReauthenticationStore
  readonly sessions: Pick<Sessions, 'read'>
  readonly signIn: Pick<SignInService, 'confirm'>
  readonly history: Pick<SessionHistory, 'passkeyUsedAt' | 'hasUsedPasskey' | 'assertException'>
  readonly cookie: BearerCookie
  readonly limits: Limiter
  readonly clock: Clock
}

export function createReauthentication(ports: ReauthenticationPorts): ReauthenticationService {
  const { store, sessions, signIn, history, cookie, limits, clock } = ports

  const present = async (req: IncomingMessage, res: ServerResponse): Promise<Session> => {
    const session = await sessions.read(req, res)
    if (!session) throw new NotAuthenticated('not_signed_in', 'Nobody is signed in.')
    return session
  }

  const kept = async ({ accountId, uid }: Session, authenticatedAt: number): Promise<string> => {
    const token = randomToken()
    const expiresAt = clock.now() + reauthenticationLifetime
    await store.insert({ hash: sha256(token), accountId, sessionUid: uid, authenticatedAt, expiresAt })
    return token
  }

  const isFresh = async (session: Session): Promise<boolean> => {
    const at = await history.passkeyUsedAt(session)
    return at !== undefined && isRecent(at, clock.now(), fresh)
  }
  const assertFresh = async (session: Session, act: 'addPasskey' | 'reauthentication'): Promise<void> => {
    if (await isFresh(session)) return
    if (await history.hasUsedPasskey(session)) throw required()
    await history.assertException(session, act)
  }

  return {
    assertFresh: async (req, res) => assertFresh(await present(req, res), 'reauthentication'),

    assertCanAddPasskey: async (req, res) => assertFresh(await present(req, res), 'addPasskey'),

    async withPasskey(req, res, response) {
      await limits.take(req, 'webauthn-reauthenticate')
      const session = await present(req, res)
      await signIn.confirm(req, res, { accountId: session.accountId, response })
      cookie.give(req, res, await kept(session, clock.now()))
    },

    async withFreshSession(req, res) {
      await limits.take(req, 'webauthn-reauthenticate')
      const session = await present(req, res)
      const at = session.authTime * 1000
      if (session.acr !== 'phr' || !isRecent(at, clock.now(), fresh)) throw required()
      cookie.give(req, res, await kept(session, at))
    },

    async demand(req, res, within = reauthenticationLifetime) {
      const { accountId, uid } = await present(req, res)
      const token = cookie.read(req, res)
      const found =
        token === undefined ? undefined : await store.consume({ hash: sha256(token), accountId, sessionUid: uid })
      const now = clock.now()
      if (!found || found.expiresAt <= now || !isRecent(found.authenticatedAt, now, within)) throw required()
    },
  }
}

function required(): NotAuthenticated {
  return new NotAuthenticated('reauthentication_required', 'A passkey has to be used once more for this.')
}
