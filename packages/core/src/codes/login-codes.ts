import type { Account } from '../accounts/account.ts'
import { eligibleAccount } from '../accounts/eligibility.ts'
import { type Actor, noOrigin, type RequestOrigin } from '../audit/audit-sink.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { randomText } from '../random.ts'
import { codeAlphabet, normalizeCode } from './code-text.ts'
import { hashLoginCode, loginCode } from './stored-login-code.ts'

const shortLifetime = 15 * 60_000
const shortCodeLength = 6
const longCodeLength = 12

/** A single-use login code. */
export interface LoginCode {
  readonly code: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** The browser that may use a login code, and the actor who creates it. */
export interface LoginCodeOptions extends Actor {
  /** The token from `bindBrowser` of the only browser that may use the code; if omitted, any browser may use it. */
  readonly browserToken?: string | undefined
  /** Whether a program creates the code: a command, or a request with an API key. */
  readonly byProgram?: boolean | undefined
}

/** Single-use codes for signing in without a passkey. */
export interface LoginCodes {
  /**
   * Creates a code of six characters if it expires within 15 minutes, otherwise of twelve characters.
   *
   * @param lifetime - milliseconds
   * @throws {InvalidInputError} `validation_failed` if the lifetime is not a positive number
   * @throws {ForbiddenError} `account_disabled` or `account_not_found`; `forbidden` if `hooks.before.issueCode` refuses
   */
  issue(accountId: string, lifetime: number, options?: LoginCodeOptions): Promise<LoginCode>
  /**
   * Uses the code. Ignores case, spaces and hyphens.
   *
   * @param browserToken - the token of this browser, if it has one
   * @throws {InvalidInputError} `code_invalid` if the code is unknown, used, expired or bound to another browser
   * @throws {ForbiddenError} `account_disabled` or `account_not_found`
   */
  redeem(code: string, browserToken?: string): Promise<RedeemedCode>
}

/** The account of a login code, the hash under which the code was stored, and whether a program created it. */
export interface RedeemedCode {
  readonly account: Account
  readonly codeHash: string
  readonly isCodeByProgram: boolean
}

/** Whether the code has the length of a short-lived code. */
export function isShortCode(input: string): boolean {
  return normalizeCode(input).length === shortCodeLength
}

export function createLoginCodes(
  {
    stores: { codes, accounts, transaction },
    audited: before,
    audit,
    masterKey,
    clock,
  }: Pick<CoreContext, 'stores' | 'audited' | 'audit' | 'masterKey' | 'clock'>,
  /** Records the session that creates a code. */
  recordCredential: (
    origin: Pick<RequestOrigin, 'sessionUid' | 'apiKeyId'>,
    code: { readonly kind: 'login_code'; readonly subject: string; readonly label: string },
  ) => Promise<void>,
): LoginCodes {
  const hashCode = (code: string) => hashLoginCode(masterKey, code)
  return {
    async issue(accountId, lifetime, { browserToken, byProgram = false, origin = noOrigin, by } = {}) {
      if (typeof lifetime !== 'number' || !(lifetime > 0 && lifetime <= Number.MAX_SAFE_INTEGER)) {
        const message = 'must be a positive number of milliseconds'
        throw new InvalidInputError('validation_failed', `lifetime ${message}.`, {
          fields: [{ field: 'lifetime', code: 'invalid_type', message }],
        })
      }
      const account = await eligibleAccount(accounts, accountId)
      await before('issueCode', { account, lifetime }, { at: 'login-code', origin })
      const code = randomText(lifetime <= shortLifetime ? shortCodeLength : longCodeLength, codeAlphabet)
      const expiresAt = clock.now() + Math.ceil(lifetime)
      return transaction(async () => {
        const browserHash = hashBrowserToken(browserToken)
        await codes.insert({ hash: hashCode(code), accountId, browserHash, byProgram, ...loginCode, expiresAt })
        await recordCredential(origin, { kind: 'login_code', subject: hashCode(code), label: accountId })
        await audit.record({ event: 'code_issued', accountId, ...(by && { by }) }, origin)
        return { code, expiresAt }
      })
    },

    async redeem(input, browserToken) {
      const code = normalizeCode(input)
      const hasValidLength = code.length === shortCodeLength || code.length === longCodeLength
      const stored = hasValidLength ? await codes.consume(hashCode(code), hashBrowserToken(browserToken)) : undefined
      // The owner of a code learns that the account is disabled, although disabling it has expired the code.
      const account = stored && (await eligibleAccount(accounts, stored.accountId))
      if (!account || stored.expiresAt <= clock.now())
        throw new InvalidInputError('code_invalid', 'The code is unknown, used or expired.')
      return { account, codeHash: stored.hash, isCodeByProgram: stored.byProgram }
    },
  }
}

function hashBrowserToken(browserToken: string | undefined): string | null {
  return browserToken === undefined ? null : sha256(browserToken)
}
