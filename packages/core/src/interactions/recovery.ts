import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from '../accounts/account.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import { type Actor, noOrigin } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import type { RecoveryCodeKind, StoredCode } from '../codes/code-store.ts'
import { codeAlphabet, normalizeCode } from '../codes/code-text.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError, NotAuthenticatedError, PocketError } from '../errors.ts'
import { bearerCookie } from '../http/bearer-cookie.ts'
import { requestContext } from '../http/request-context.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type { PublicKeyCredentialCreationOptionsJSON } from '../passkeys/registration.ts'
import { randomText, randomToken } from '../random.ts'
import type { SessionHistory } from '../sessions/session-history.ts'
import type { RegistrationService } from './registration.ts'
import { type StartSession, withCookieRollback } from './sign-in.ts'

/** The kinds of recovery codes that users enter. */
export type IssuedRecoveryKind = Exclude<RecoveryCodeKind, 'ticket'>

/** The account of a recovery code that is about to be used, and its kind. */
export interface RecoveryAttempt {
  readonly account: Account
  readonly kind: IssuedRecoveryKind
}

/** Which recovery codes to create, and who asks for it. */
export interface RecoveryCodeOptions extends Actor {
  readonly kind: IssuedRecoveryKind
  /** 1 by default. */
  readonly count?: number
  /** Milliseconds; a hundred years by default. */
  readonly lifetime?: number
}

/**
 * Recovery codes: single-use codes with which users who lost their passkeys add a new one. A code starts no session: it only gives
 * its browser the right to register one passkey within 15 minutes, and that passkey starts the session.
 */
export interface RecoveryService {
  /**
   * Replaces the account's codes of this kind, and cancels every pending recovery.
   *
   * @returns codes of 16 characters in groups of four
   * @throws {InvalidInputError} `validation_failed` on `kind`, `count` or `lifetime`
   * @throws {ForbiddenError} `account_disabled` or `account_not_found`; `forbidden` if `hooks.before.issueCode` refuses
   * @throws {NotAuthenticatedError} `not_signed_in` if the session of the request has ended
   */
  replaceCodes(accountId: string, options: RecoveryCodeOptions): Promise<readonly string[]>
  /** Removes the account's codes of this kind, and cancels every pending recovery. Returns whether there were any. */
  removeCodes(accountId: string, options: Pick<RecoveryCodeOptions, 'kind' | 'origin' | 'by'>): Promise<boolean>
  /** The number of unused codes. */
  countCodes(accountId: string, kind: IssuedRecoveryKind): Promise<number>
  /** Whether the input has the length of a recovery code. */
  isCode(input: string): boolean
  /**
   * Consumes a recovery code. `check` runs in the same transaction; if it throws, the code remains unused.
   *
   * @throws {InvalidInputError} `code_invalid` if the code is unknown, used or expired
   * @throws {ForbiddenError} `account_disabled`, `account_not_found`, or `sign_in_refused` if `hooks.before.signIn` refuses
   * @throws {RateLimitedError} `rate_limited`
   */
  begin(
    req: IncomingMessage,
    res: ServerResponse,
    code: string,
    check: (attempt: RecoveryAttempt) => Promise<void>,
  ): Promise<Account>
  /** The account whose passkey this browser may add; `undefined` without a recovery in progress. */
  current(req: IncomingMessage, res: ServerResponse): Promise<Account | undefined>
  /** Options for `navigator.credentials.create`. @throws {NotAuthenticatedError} `not_signed_in` without a recovery in progress */
  options(req: IncomingMessage, res: ServerResponse): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * Stores the passkey, starts the session and ends the recovery.
   *
   * @throws the same errors as `RegistrationService.verify` and `RegistrationService.store`
   * @throws {NotAuthenticatedError} `not_signed_in` without a recovery in progress
   */
  finish(req: IncomingMessage, res: ServerResponse, response: unknown): Promise<Passkey>
}

interface RecoveryServices {
  readonly registration: RegistrationService
  readonly history: Pick<SessionHistory, 'assertAlive'>
  readonly startSession: StartSession
}

/** 78 bits, so that codes cannot be guessed. */
const codeLength = 16
const century = 100 * 365 * 86_400_000
/** Milliseconds. */
const ticketLifetime = 15 * 60_000

export function createRecovery(
  { stores, before, audited, audit, limits, clock, masterKey, secure, cookieName }: CoreContext,
  { registration, history, startSession }: RecoveryServices,
): RecoveryService {
  const { codes, accounts, sessionHistory, transaction } = stores
  const cookie = bearerCookie({
    name: cookieName('recovery_token'),
    secure,
    path: '/',
    maxAge: ticketLifetime / 1000,
  })
  const hashCode = (code: string) => masterKey.mac('recovery code', normalizeCode(code))
  const hashTicket = (token: string) => masterKey.mac('recovery ticket', token)
  const isCode = (input: string) => normalizeCode(input).length === codeLength
  const isValid = (code: StoredCode | undefined): code is StoredCode =>
    code !== undefined && code.expiresAt > clock.now()

  const invalid = () => new InvalidInputError('code_invalid', 'The code is unknown, used or expired.')
  const notStarted = () => new NotAuthenticatedError('not_signed_in', 'No recovery is in progress.')

  const findTicket = async (req: IncomingMessage, res: ServerResponse) => {
    const token = cookie.read(req, res)
    const ticket = token === undefined ? undefined : await codes.find(hashTicket(token))
    return isValid(ticket) ? ticket : undefined
  }

  const current: RecoveryService['current'] = async (req, res) => {
    const ticket = await findTicket(req, res)
    const account = ticket && (await accounts.find(ticket.accountId))
    return account && !account.disabled ? account : undefined
  }

  const consume = async (
    req: IncomingMessage,
    code: string,
    check: Parameters<RecoveryService['begin']>[3],
  ): Promise<{ readonly account: Account; readonly token: string }> => {
    const found = isCode(code) ? await codes.find(hashCode(code)) : undefined
    if (!isValid(found) || found.kind === null || found.kind === 'ticket') throw invalid()
    const { hash, accountId, kind } = found
    await before('signIn', async () => ({ account: await eligibleAccount(accounts, accountId), method: 'recovery' }))
    return transaction(async () => {
      // With the lock, a new set of codes either includes this one or cancels it.
      await sessionHistory.lockAccount(accountId)
      const account = await eligibleAccount(accounts, accountId)
      if (!isValid(await codes.consume(hash))) throw invalid()
      await check({ account, kind })
      const token = randomToken()
      const expiresAt = clock.now() + ticketLifetime
      const ticket = { kind: 'ticket', sessionUid: null, browserHash: null, byProgram: false } as const
      await codes.insert({ ...ticket, hash: hashTicket(token), accountId, expiresAt })
      await audit.record({ event: 'recovery_code_used', accountId, kind }, requestContext(req))
      return { account, token }
    })
  }

  return {
    isCode,
    current,

    async replaceCodes(accountId, { kind, count = 1, lifetime = century, origin = noOrigin, by }) {
      const account = await eligibleAccount(accounts, accountId)
      await audited('issueCode', { account, lifetime }, { at: 'recovery-code', origin })
      const created = Array.from({ length: count }, () => randomText(codeLength, codeAlphabet))
      await transaction(async () => {
        await sessionHistory.lockAccount(accountId)
        await eligibleAccount(accounts, accountId)
        const { sessionUid = null } = origin
        if (sessionUid !== null) await history.assertAlive(sessionUid)
        await codes.removeKinds(accountId, [kind, 'ticket'])
        const shared = { accountId, kind, sessionUid, browserHash: null, byProgram: false } as const
        const expiresAt = clock.now() + lifetime
        for (const code of created) await codes.insert({ ...shared, hash: hashCode(code), expiresAt })
        await audit.record({ event: 'recovery_codes_created', accountId, kind, ...(by && { by }) }, origin)
      })
      return created.map((code) => (code.match(/.{4}/g) ?? []).join('-'))
    },

    removeCodes: (accountId, { kind, origin = noOrigin, by }) =>
      transaction(async () => {
        await sessionHistory.lockAccount(accountId)
        if ((await codes.removeKinds(accountId, [kind, 'ticket'])) === 0) return false
        await audit.record({ event: 'recovery_codes_removed', accountId, kind, ...(by && { by }) }, origin)
        return true
      }),

    countCodes: (accountId, kind) => codes.count(accountId, kind, clock.now()),

    async begin(req, res, code, check) {
      try {
        await limits.consume(req, 'one-time-access-token')
        const { account, token } = await consume(req, code, check)
        cookie.set(req, res, token)
        return account
      } catch (error) {
        if (error instanceof PocketError)
          await recordRefusal(audit, {
            error,
            event: { event: 'sign_in_failed', code: error.code, method: 'recovery' },
            origin: requestContext(req),
          })
        throw error
      }
    },

    async options(req, res) {
      const account = await current(req, res)
      if (!account) throw notStarted()
      const { id: accountId, userName, displayName } = account
      return registration.options(req, res, { subject: { accountId, userName, displayName }, purpose: 'recovery' })
    },

    async finish(req, res, response) {
      const ticket = await findTicket(req, res)
      if (!ticket) throw notStarted()
      const { accountId, hash } = ticket
      const verified = await registration.verify(req, res, { response, purpose: 'recovery', accountId })
      const { passkey } = verified
      const { id: passkeyId, credentialId } = passkey
      await withCookieRollback(res, () =>
        transaction(async () => {
          await sessionHistory.lockAccount(accountId)
          if (!isValid(await codes.consume(hash))) throw notStarted()
          await registration.store(verified)
          await audit.record({ event: 'passkey_added', accountId, passkeyId, credentialId }, requestContext(req))
          await startSession(req, res, { accountId, method: 'recovery', passkeyId })
        }),
      )
      return passkey
    },
  }
}
