import type { IncomingMessage, ServerResponse } from 'node:http'
import { recordRefusal } from '../audit/refusals.ts'
import type { CoreContext } from '../context.ts'
import { NotAuthenticatedError, PocketError } from '../errors.ts'
import type { BrowserTokens } from '../http/browser-token.ts'
import { requestContext } from '../http/request-context.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type {
  AuthenticatorHint,
  PublicKeyCredentialCreationOptionsJSON,
  Registration,
  RegistrationSubject,
  VerifiedRegistration,
} from '../passkeys/registration.ts'
import type { SessionHistory } from '../sessions/session-history.ts'

/** The purpose of a new passkey: `setup` and `sign_up` create an account together with it. */
export type RegistrationPurpose = (typeof registrationPurposes)[number]

export const registrationPurposes = ['registration', 'recovery', 'setup', 'sign_up'] as const

/** The input of a registration ceremony. */
export interface RegistrationOptionsInput {
  readonly subject: RegistrationSubject
  readonly purpose: RegistrationPurpose
  /** Returned with the verified response. */
  readonly data?: unknown | undefined
  /** The kind of authenticator that the browser should offer first, unless the policy names one (WebAuthn Level 3 §5.8.7). */
  readonly hint?: AuthenticatorHint | undefined
}

/** The response to a registration ceremony. */
export interface RegistrationResponseInput {
  readonly response: unknown
  readonly purpose: RegistrationPurpose
  /** The expected account of the passkey, if known. */
  readonly accountId?: string | undefined
}

/** The registration ceremony (WebAuthn Level 3 §7.1) for pages of the host. Records each rejection in the audit log. */
export interface RegistrationService {
  /** Options for `navigator.credentials.create` in this browser. */
  options(
    req: IncomingMessage,
    res: ServerResponse,
    start: RegistrationOptionsInput,
  ): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * Verifies the response without storing anything.
   *
   * @throws {InvalidInputError} `challenge_expired`, `passkey_rejected`, `passkey_user_verification_required` or
   * `passkey_not_allowed`, with `details.reasons`, if the policy rejects it
   * @throws {ForbiddenError} `forbidden` if `hooks.before.addPasskey` refuses
   */
  verify(req: IncomingMessage, res: ServerResponse, end: RegistrationResponseInput): Promise<VerifiedRegistration>
  /**
   * Consumes the challenge and stores the verified passkey; call it in the transaction that creates its account.
   *
   * @throws {InvalidInputError} `challenge_expired` if the challenge was already used
   * @throws {ConflictError} `passkey_already_registered`
   */
  store(registration: VerifiedRegistration): Promise<void>
  /**
   * Verifies the response and stores the passkey of the signed-in user. Upgrades a session without a passkey to full access.
   *
   * @throws the same errors as `verify` and `store`
   * @throws {NotAuthenticatedError} `not_signed_in` if the session has since ended; `reauthentication_required`, or {ForbiddenError}
   * `sign_in_again`, if the session used no passkey and may not add one
   */
  add(
    req: IncomingMessage,
    res: ServerResponse,
    end: RegistrationResponseInput & { readonly accountId: string },
  ): Promise<Passkey>
}

interface RegistrationServices {
  readonly registration: Registration
  readonly browserTokens: BrowserTokens
  readonly sessions: Pick<Sessions, 'read' | 'upgrade'>
  readonly history: Pick<SessionHistory, 'register'>
}

export function createRegistrationService(
  { before, audit }: CoreContext,
  { registration, browserTokens, sessions, history }: RegistrationServices,
): RegistrationService {
  const verify: RegistrationService['verify'] = async (req, res, { response, purpose, accountId }) => {
    try {
      const verified = await registration.verify({
        response,
        purpose,
        browserToken: browserTokens.read(req, res),
        device: requestContext(req).userAgent,
        ...(accountId && { accountId }),
      })
      const { passkey } = verified
      await before('addPasskey', { accountId: passkey.accountId, passkey })
      return verified
    } catch (error) {
      if (error instanceof PocketError)
        await recordRefusal(audit, {
          error,
          event: { event: 'passkey_refused', code: error.code, ...(accountId && { accountId }) },
          origin: requestContext(req),
        })
      throw error
    }
  }
  return {
    verify,
    options: (req, res, start) => registration.options({ ...start, browserToken: browserTokens.ensure(req, res) }),
    store: (verified) => registration.store(verified),

    async add(req, res, end) {
      const session = await sessions.read(req, res)
      if (session?.accountId !== end.accountId)
        throw new NotAuthenticatedError('not_signed_in', 'No user is signed in.')
      const verified = await verify(req, res, end)
      const { passkey } = verified
      const { accountId, id: passkeyId, credentialId } = passkey
      await history.register(session, passkey, async () => {
        await registration.store(verified)
        await audit.record({ event: 'passkey_added', accountId, passkeyId, credentialId }, requestContext(req))
      })
      await sessions.upgrade(req, res)
      return passkey
    },
  }
}
