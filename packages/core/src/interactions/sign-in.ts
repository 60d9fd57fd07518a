import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from '../accounts/account.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type { SignInMethod } from '../audit/sign-in-method.ts'
import { parseEmailKey } from '../codes/code-browser-token.ts'
import { isShortCode, type LoginCodes, type RedeemedCode } from '../codes/login-codes.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError, NotAuthenticatedError, PocketError } from '../errors.ts'
import type { BearerCookie } from '../http/bearer-cookie.ts'
import type { BrowserTokens } from '../http/browser-token.ts'
import { requestContext } from '../http/request-context.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { Authentication, AuthenticationRequest, VerifiedAuthentication } from '../passkeys/authentication.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import { type AuthenticationContext, authenticationContext, vouchedAmrProblem } from '../sessions/session.ts'
import type { SignIn } from '../sessions/session-history.ts'

/** A user who has just authenticated with a passkey. */
export interface AuthenticatedUser {
  readonly account: Account
  readonly context: AuthenticationContext
  readonly passkeyId: string
  /** The passkeys of the account, as they were before this sign-in. */
  readonly passkeys: readonly Passkey[]
}

/** Starts the session of an authenticated user. */
export type StartSession = (req: IncomingMessage, res: ServerResponse, signIn: SignIn) => Promise<void>

/** All sign-in methods (for passkeys see WebAuthn Level 3 §7.2). Records each attempt in the audit log, including rejections. */
export interface SignInService {
  /** A new challenge for this browser. */
  request(req: IncomingMessage, res: ServerResponse): Promise<AuthenticationRequest>
  /**
   * Verifies a passkey response and calls `signIn` in the transaction that consumes the challenge. If `signIn` fails, both are
   * undone.
   *
   * @throws {InvalidInputError} `challenge_expired`, `passkey_unknown`, `passkey_rejected`, `passkey_user_verification_required`,
   * and `passkey_counter_regressed` if the policy rejects that
   * @throws {ForbiddenError} `account_disabled`, `account_not_found`, `passkey_not_allowed` if the policy requires another passkey,
   * `sign_in_refused` if `hooks.before.signIn` refuses
   * @throws {RateLimitedError} `rate_limited`
   */
  identify<T>(
    req: IncomingMessage,
    res: ServerResponse,
    response: unknown,
    signIn: (identified: AuthenticatedUser) => Promise<T>,
  ): Promise<T>
  /** Verifies a passkey response and starts the session. @throws the same errors as `identify` */
  withPasskey(req: IncomingMessage, res: ServerResponse, response: unknown): Promise<Account>
  /**
   * Verifies a passkey response of the signed-in user, and updates the session accordingly.
   *
   * @throws the same errors as `identify`, but calls `hooks.before.reauthenticate` instead of `hooks.before.signIn`, without a rate limit
   * @throws {NotAuthenticatedError} `reauthentication_required` for a passkey of another user
   */
  confirm(
    req: IncomingMessage,
    res: ServerResponse,
    input: { readonly accountId: string; readonly response: unknown },
  ): Promise<void>
  /**
   * Consumes a login code and starts the session.
   *
   * @throws {InvalidInputError} `code_invalid` if it is unknown, used, expired, or bound to another browser
   * @throws {ForbiddenError} `account_disabled`, `account_not_found`, or `sign_in_refused` if `hooks.before.signIn` refuses
   * @throws {RateLimitedError} `rate_limited`
   */
  withCode(req: IncomingMessage, res: ServerResponse, code: string): Promise<Account>
  /**
   * Starts the session of a user whom the host has authenticated without a passkey, for example by a password or a link in an
   * e-mail. `amr` names the methods (RFC 8176 §2) and cannot contain those of a passkey; the session has the `acr` 0. For fifteen
   * minutes it may add the first passkey of the account. Rate limits of the method are up to the host.
   *
   * @throws {InvalidInputError} `validation_failed` for another `amr`
   * @throws {ForbiddenError} `account_disabled`, `account_not_found`, or `sign_in_refused` if `hooks.before.signIn` refuses
   */
  vouchFor(
    req: IncomingMessage,
    res: ServerResponse,
    accountId: string,
    authentication: { readonly amr: readonly string[] },
  ): Promise<Account>
  /**
   * Starts the session of a new account.
   *
   * @throws {ForbiddenError} `account_disabled`, `account_not_found`, or `sign_in_refused` if `hooks.before.signIn` refuses
   */
  asNewAccount(
    req: IncomingMessage,
    res: ServerResponse,
    signIn: { readonly accountId: string; readonly method: SignInMethod },
  ): Promise<void>
}

interface SignInServices {
  readonly authentication: Authentication
  readonly loginCodes: LoginCodes
  readonly browserTokens: BrowserTokens
  /** The cookie that binds login codes to this browser. */
  readonly deviceCookie: BearerCookie
  readonly sessions: Pick<Sessions, 'start'>
}

interface SubmittedCode {
  readonly code: string
  readonly browserToken: string | undefined
}

export function createSignIn(
  context: CoreContext,
  { authentication, loginCodes, browserTokens, deviceCookie, sessions }: SignInServices,
): SignInService {
  const { before, limits, audit, clock, stores } = context
  const { accounts, passkeys, sessionHistory, transaction } = stores

  const withAudit = async <T>(req: IncomingMessage, method: SignInMethod, attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof PocketError) {
        const { accountId, passkeyId } = error.details
        if (accountId && passkeyId && error.code === 'passkey_counter_regressed')
          await audit.record({ event: error.code, accountId, passkeyId }, requestContext(req))
        await recordRefusal(audit, {
          error,
          event: { event: 'sign_in_failed', code: error.code, method, ...(accountId && { accountId }) },
          origin: requestContext(req),
        })
      }
      throw error
    }
  }

  const verify = (req: IncomingMessage, res: ServerResponse, response: unknown) =>
    authentication.verify({ browserToken: browserTokens.read(req, res), response })

  /** Must be called in the transaction of the sign-in. */
  const recordUse = async (
    req: IncomingMessage,
    verified: VerifiedAuthentication,
    event: 'signed_in' | 'reauthenticated',
  ) => {
    const { passkey, counterRegressed } = verified
    const subject = { accountId: passkey.accountId, passkeyId: passkey.id }
    await authentication.recordUse(verified)
    if (counterRegressed) await audit.record({ event: 'passkey_counter_regressed', ...subject }, requestContext(req))
    const auditEvent =
      event === 'signed_in' ? ({ event, method: 'passkey', ...subject } as const) : { event, ...subject }
    await audit.record(auditEvent, requestContext(req))
  }

  const identify: SignInService['identify'] = (req, res, response, signIn) =>
    withAudit(req, 'passkey', async () => {
      await limits.consume(req, 'webauthn-login')
      const verified = await verify(req, res, response)
      const { accountId } = verified.passkey
      await before('signIn', async () => ({ account: await eligibleAccount(accounts, accountId), method: 'passkey' }))
      return withCookieRollback(res, () =>
        transaction(async () => {
          // Before a passkey is written, because removals lock the account first too.
          await sessionHistory.lockAccount(accountId)
          const account = await eligibleAccount(accounts, accountId)
          // Before the use is written: what follows reads the passkeys of the account too, but not their use.
          const owned = await passkeys.listByAccount(accountId)
          await recordUse(req, verified, 'signed_in')
          const { id: passkeyId } = verified.passkey
          const context = authenticationContext('passkey', clock.now())
          return signIn({ account, context, passkeyId, passkeys: owned })
        }),
      )
    })

  /** Correct codes do not count as guesses, and codes of twelve characters need no limit. */
  const redeemCode = async (req: IncomingMessage, { code, browserToken }: SubmittedCode): Promise<RedeemedCode> => {
    await limits.consume(req, 'one-time-access-token')
    if (!isShortCode(code)) return loginCodes.redeem(code, browserToken)
    const emailKey = browserToken && parseEmailKey(browserToken)
    if (emailKey) await limits.consume(req, 'one-time-access-account', emailKey)
    await limits.consume(req, 'one-time-access-guesses', '')
    const redeemed = await loginCodes.redeem(code, browserToken)
    if (emailKey) await limits.refund(req, 'one-time-access-account', emailKey)
    await limits.refund(req, 'one-time-access-guesses', '')
    return redeemed
  }

  const recordSignIn = createRecordedSignIn(context, sessions)

  return {
    identify,
    request: (req, res) => authentication.request({ browserToken: browserTokens.ensure(req, res) }),

    withPasskey: (req, res, response) =>
      identify(req, res, response, async ({ account, passkeyId }) => {
        await sessions.start(req, res, { accountId: account.id, method: 'passkey', passkeyId })
        return account
      }),

    confirm: (req, res, { accountId, response }) =>
      withAudit(req, 'passkey', async () => {
        const verified = await verify(req, res, response)
        if (verified.passkey.accountId !== accountId)
          throw new NotAuthenticatedError('reauthentication_required', 'The passkey belongs to another account.')
        await before('reauthenticate', async () => ({ account: await eligibleAccount(accounts, accountId) }))
        await withCookieRollback(res, () =>
          transaction(async () => {
            await sessionHistory.lockAccount(accountId)
            await eligibleAccount(accounts, accountId)
            await recordUse(req, verified, 'reauthenticated')
            await sessions.start(req, res, { accountId, method: 'passkey', passkeyId: verified.passkey.id })
          }),
        )
      }),

    async withCode(req, res, code) {
      return withAudit(req, 'code', async () => {
        const { account, ...redeemed } = await redeemCode(req, { code, browserToken: deviceCookie.read(req, res) })
        await before('signIn', { account, method: 'code' })
        await recordSignIn(req, res, { accountId: account.id, method: 'code', ...redeemed })
        return account
      })
    },

    async vouchFor(req, res, accountId, authentication) {
      const { amr = [] } = authentication ?? {}
      const message = vouchedAmrProblem(amr)
      if (message !== undefined) {
        const fields = [{ field: 'amr', code: 'invalid_value', message }]
        throw new InvalidInputError('validation_failed', `amr ${message}.`, { fields })
      }
      return withAudit(req, 'vouched', async () => {
        const account = await eligibleAccount(accounts, accountId)
        await before('signIn', { account, method: 'vouched' })
        await recordSignIn(req, res, { accountId, method: 'vouched', amr })
        return account
      })
    },

    async asNewAccount(req, res, { accountId, method }) {
      await withAudit(req, method, async () => {
        await before('signIn', { account: await eligibleAccount(accounts, accountId), method })
        await recordSignIn(req, res, { accountId, method })
      })
    },
  }
}

/** Starts sessions together with their audit event. */
export function createRecordedSignIn(
  { audit, stores: { transaction } }: CoreContext,
  sessions: Pick<Sessions, 'start'>,
): StartSession {
  return (req, res, signIn) =>
    withCookieRollback(res, () =>
      transaction(async () => {
        const { accountId, method, passkeyId } = signIn
        const event = { event: 'signed_in', accountId, method, ...(passkeyId !== undefined && { passkeyId }) } as const
        const origin = { ...requestContext(req) }
        await sessions.start(req, res, signIn)
        await audit.record(event, origin)
      }),
    )
}

/** Withdraws the cookies that a failed transaction has set, because the session they name was not stored. */
export async function withCookieRollback<Result>(res: ServerResponse, work: () => Promise<Result>): Promise<Result> {
  const before = res.getHeader('set-cookie')
  try {
    return await work()
  } catch (error) {
    if (before === undefined) res.removeHeader('set-cookie')
    else res.setHeader('set-cookie', before)
    throw error
  }
}
