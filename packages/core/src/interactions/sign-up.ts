import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from '../accounts/account.ts'
import type { NewAccount } from '../accounts/accounts.ts'
import { withRefusalsRecorded } from '../audit/refusals.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import type { Sessions } from '../oidc/sessions.ts'
import { uuid } from '../random.ts'
import type { RegistrationService } from './registration.ts'
import { createRecordedSignIn } from './sign-in.ts'

/** The account fields that a new user may submit. */
export type SignUpInput = Pick<NewAccount, 'userName'> & {
  readonly [Key in 'displayName' | 'email' | 'locale']?: NewAccount[Key] | undefined
}

/** Public sign-up, available if `accounts` has `register`. Creates accounts only together with a passkey. */
export interface SignUpService {
  /**
   * Options for `navigator.credentials.create` in this browser; creates no account yet.
   *
   * @throws {InvalidInputError} `validation_failed` if `userName` is missing or a field is not a string
   * @throws {RateLimitedError} `rate_limited`
   * @throws {ConfigurationError} if `accounts` has no `register`
   */
  begin(req: IncomingMessage, res: ServerResponse, account: SignUpInput): ReturnType<RegistrationService['options']>
  /**
   * Verifies the passkey, lets the host create the account, stores the passkey and signs the user in. Atomic if the host's
   * `register` writes to the same `DataSource`. Does not sign in a disabled account.
   *
   * @throws the same errors as `RegistrationService.add`, and the errors of `register`
   * @throws {ForbiddenError} `forbidden` if `hooks.before.signUp` refuses, `sign_in_refused` if `hooks.before.signIn` does
   */
  finish(req: IncomingMessage, res: ServerResponse, response: unknown): Promise<Account>
}

export function createSignUp(
  context: CoreContext,
  registration: RegistrationService,
  sessions: Pick<Sessions, 'start'>,
): SignUpService {
  const { stores, before, limits, audit } = context
  const { accounts, transaction } = stores
  const recordSignIn = createRecordedSignIn(context, sessions)
  return {
    async begin(req, res, input) {
      if (!accounts.supports('register')) await accounts.register({ userName: '', id: uuid() })
      const account = newAccount(input)
      await limits.consume(req, 'signup-form')
      const { id: accountId, userName, displayName = userName } = account
      const subject = { accountId, userName, displayName }
      return registration.options(req, res, { subject, purpose: 'sign_up', data: account })
    },

    finish(req, res, response) {
      const origin = requestContext(req)
      return withRefusalsRecorded(audit, { at: 'sign-up', origin }, async () => {
        await limits.consume(req, 'signup')
        const verified = await registration.verify(req, res, { response, purpose: 'sign_up' })
        const { passkey } = verified
        // The cast is safe: `begin` has sealed this value into the challenge.
        const accountData = verified.data as NewAccount
        await before('signUp', { account: accountData })
        const account = await transaction(async () => {
          // Store the passkey first, so that a replayed response is rejected as such, not because the name is taken.
          await registration.store(verified)
          const registered = await accounts.register(accountData)
          if (!registered.disabled) await before('signIn', { account: registered, method: 'sign_up' })
          await audit.record({ event: 'account_created', accountId: registered.id, method: 'open_signup' }, origin)
          return registered
        })
        const { id: accountId } = account
        const { id: passkeyId, credentialId } = passkey
        await audit.record({ event: 'passkey_added', accountId, passkeyId, credentialId }, origin)
        if (account.disabled) return account
        await recordSignIn(req, res, { accountId, method: 'sign_up', passkeyId })
        return account
      })
    },
  }
}

/** Copies only permitted fields, because pages often pass whole forms. */
function newAccount(input: SignUpInput): NewAccount {
  const { userName, displayName, email, locale } = input
  const entries = Object.entries({ userName, displayName, email, locale }).filter(([, value]) => (value ?? '') !== '')
  const fields = entries
    .filter(([, value]) => typeof value !== 'string')
    .map(([field]) => ({ field, code: 'invalid_type', message: 'must be a string' }))
  if (typeof userName !== 'string' || userName.trim() === '')
    fields.push({ field: 'userName', code: 'required', message: 'is required' })
  if (fields.length > 0) throw new InvalidInputError('validation_failed', 'The account cannot be created.', { fields })
  return { userName, ...Object.fromEntries(entries), id: uuid() }
}
