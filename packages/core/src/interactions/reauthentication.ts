import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CoreContext } from '../context.ts'
import { NotAuthenticatedError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { bearerCookie } from '../http/bearer-cookie.ts'
import { randomToken } from '../random.ts'
import { isRecent } from '../sessions/freshness.ts'
import type { Session } from '../sessions/session.ts'
import type { InteractionServices } from './services.ts'

/** How long a reauthentication can be used, in milliseconds. */
const reauthenticationLifetime = 3 * 60_000
const maxFreshAge = 60_000

/**
 * Confirms the identity of the signed-in user for one sensitive action. The proof is a token in a cookie, valid once, for three
 * minutes, for this account and session.
 */
export interface ReauthenticationService {
  /**
   * With a passkey of the signed-in user.
   *
   * @throws the same errors as `SignInService.confirm` @throws {RateLimitedError} `rate_limited`
   * @throws {NotAuthenticatedError} `reauthentication_required` for a passkey of another user
   */
  withPasskey(req: IncomingMessage, res: ServerResponse, response: unknown): Promise<void>
  /**
   * With the passkey that started this session within the last minute.
   *
   * @throws {NotAuthenticatedError} `reauthentication_required` @throws {RateLimitedError} `rate_limited`
   */
  withFreshSession(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * Asserts that a passkey was used, or registered as the first one, in this session recently. Consumes no proof.
   *
   * @param maxAge - milliseconds since then; by default a minute
   * @throws {NotAuthenticatedError} `reauthentication_required`
   * @throws {ForbiddenError} `passkey_required` if the account has no passkey and none was used in the session
   */
  assertFresh(req: IncomingMessage, res: ServerResponse, maxAge?: number): Promise<void>
  /**
   * Like `assertFresh`, before adding a passkey. A session in which no passkey was used may add one for fifteen minutes if it
   * started by sign-up, setup, the API or a login code, and if no passkey of the account has since been removed.
   *
   * @throws {NotAuthenticatedError} `reauthentication_required` @throws {ForbiddenError} `sign_in_again` if the account has no passkey
   */
  assertCanAddPasskey(req: IncomingMessage, res: ServerResponse): Promise<void>
  /**
   * Whether the browser signed in with a login code that a program created (`byProgram`) within the last fifteen minutes, and the
   * account never had a passkey.
   */
  isBootstrap(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  /**
   * Consumes the proof.
   *
   * @param maxAge - maximum age of the passkey authentication, in milliseconds; by default the lifetime of the proof
   * @throws {NotAuthenticatedError} `reauthentication_required`
   */
  demand(req: IncomingMessage, res: ServerResponse, maxAge?: number): Promise<void>
}

export function createReauthentication(
  { stores: { reauthentications: store }, limits, clock, secure, cookieName }: CoreContext,
  { sessions, signIn, history }: InteractionServices,
): ReauthenticationService {
  const cookie = bearerCookie({
    name: cookieName('reauthentication_token'),
    secure,
    path: '/',
    maxAge: reauthenticationLifetime / 1000,
  })

  const getSession = async (req: IncomingMessage, res: ServerResponse): Promise<Session> => {
    const session = await sessions.read(req, res)
    if (!session) throw new NotAuthenticatedError('not_signed_in', 'No user is signed in.')
    return session
  }

  const createToken = async ({ accountId, uid }: Session, authenticatedAt: number): Promise<string> => {
    const token = randomToken()
    const expiresAt = clock.now() + reauthenticationLifetime
    await store.insert({ hash: sha256(token), accountId, sessionUid: uid, authenticatedAt, expiresAt })
    return token
  }

  const isFresh = async (session: Session, maxAge: number): Promise<boolean> => {
    const at = await history.passkeyUsedAt(session)
    return at !== undefined && isRecent(at, clock.now(), maxAge)
  }
  const assertFresh = async (
    session: Session,
    action: 'addPasskey' | 'reauthentication',
    maxAge = maxFreshAge,
  ): Promise<void> => {
    if (await isFresh(session, maxAge)) return
    if (await history.hasUsedPasskey(session)) throw reauthenticationRequired()
    await history.assertException(session, action)
  }

  return {
    assertFresh: async (req, res, maxAge) => assertFresh(await getSession(req, res), 'reauthentication', maxAge),

    assertCanAddPasskey: async (req, res) => assertFresh(await getSession(req, res), 'addPasskey'),

    isBootstrap: async (req, res) => history.isBootstrap(await getSession(req, res)),

    async withPasskey(req, res, response) {
      await limits.consume(req, 'webauthn-reauthenticate')
      const session = await getSession(req, res)
      await signIn.confirm(req, res, { accountId: session.accountId, response })
      cookie.set(req, res, await createToken(session, clock.now()))
    },

    async withFreshSession(req, res) {
      await limits.consume(req, 'webauthn-reauthenticate')
      const session = await getSession(req, res)
      const at = session.authTime * 1000
      if (session.acr !== 'phr' || !isRecent(at, clock.now(), maxFreshAge)) throw reauthenticationRequired()
      cookie.set(req, res, await createToken(session, at))
    },

    async demand(req, res, maxAge = reauthenticationLifetime) {
      const { accountId, uid } = await getSession(req, res)
      const token = cookie.read(req, res)
      const found =
        token === undefined ? undefined : await store.consume({ hash: sha256(token), accountId, sessionUid: uid })
      const now = clock.now()
      if (!found || found.expiresAt <= now || !isRecent(found.authenticatedAt, now, maxAge))
        throw reauthenticationRequired()
    },
  }
}

function reauthenticationRequired(): NotAuthenticatedError {
  return new NotAuthenticatedError('reauthentication_required', 'This requires recent authentication with a passkey.')
}
