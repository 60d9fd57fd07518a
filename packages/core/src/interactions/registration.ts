import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuditSink } from '../audit/audit-sink.ts'
import { recordRefusal } from '../audit/refusals.ts'
import { NotAuthenticated, PocketError } from '../errors.ts'
import type { RunBeforeHook } from '../hooks.ts'
import type { BrowserTokens } from '../http/browser-token.ts'
import { requestContext } from '../http/request-context.ts'
import type { Sessions } from '../oidc/sessions.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  Registration,
  RegistrationSubject,
  VerifiedRegistration,
} from '../passkeys/registration.ts'
import type { SessionHistory } from '../sessions/session-history.ts'

/** What a new passkey is made for: `setup` and `sign_up` for somebody who is created together with it. */
export type RegistrationPurpose = 'registration' | 'setup' | 'sign_up'

/** What a registration ceremony is begun for. */
export interface RegistrationStart {
  readonly subject: RegistrationSubject
  readonly purpose: RegistrationPurpose
  /** Comes back with the verified answer. */
  readonly data?: unknown | undefined
}

/** The answer to a registration ceremony. */
export interface RegistrationEnd {
  readonly response: unknown
  readonly purpose: RegistrationPurpose
  /** Whose passkey this has to be, where that is known. */
  readonly accountId?: string | undefined
}

/** The registration ceremony (WebAuthn Level 3 §7.1) for pages of the host's own, each refusal with its entry in the audit log. */
export interface RegistrationService {
  /** For `navigator.credentials.create` in this browser. */
  options(
    req: IncomingMessage,
    res: ServerResponse,
    start: RegistrationStart,
  ): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * Verifies the answer and stores nothing.
   *
   * @throws {InvalidInput} `challenge_expired`, `passkey_rejected`, `passkey_user_verification_required` or
   * `passkey_not_allowed`, with `details.reasons`, where the policy does not accept it
   * @throws {Forbidden} `forbidden` where `before.addPasskey` refuses
   */
  verify(req: IncomingMessage, res: ServerResponse, end: RegistrationEnd): Promise<VerifiedRegistration>
  /**
   * Spends the challenge and stores the verified passkey; call it within the transaction that makes its account.
   *
   * @throws {InvalidInput} `challenge_expired` if the challenge was spent before @throws {Conflict} `passkey_already_registered`
   */
  store(registration: VerifiedRegistration): Promise<void>
  /**
   * Verifies the answer and stores the passkey of somebody who is signed in, whose session is good for everything then.
   *
   * @throws as `verify` and `store`
   * @throws {NotAuthenticated} `not_signed_in` where the person's session has ended meanwhile; `reauthentication_required`, or
   * {Forbidden} `sign_in_again`, where no passkey was used in it and it cannot add one for that reason
   */
  add(
    req: IncomingMessage,
    res: ServerResponse,
    end: RegistrationEnd & { readonly accountId: string },
  ): Promise<Passkey>
}

export interface RegistrationServicePorts {
  readonly registration: Registration
  readonly browserTokens: BrowserTokens
  readonly before: RunBeforeHook
  readonly sessions: Pick<Sessions, 'read' | 'strengthen'>
  readonly history: Pick<SessionHistory, 'register'>
  readonly audit: AuditSink
}

export function createRegistrationService({
  registration,
  browserTokens,
  before,
  sessions,
  history,
  audit,
}: RegistrationServicePorts): RegistrationService {
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
      if (session?.accountId !== end.accountId) throw new NotAuthenticated('not_signed_in', 'Nobody is signed in.')
      const verified = await verify(req, res, end)
      const { passkey } = verified
      const { accountId, id: passkeyId, credentialId } = passkey
      await history.register(session, passkey, async () => {
        await registration.store(verified)
        await audit.record({ event: 'passkey_added', accountId, passkeyId, credentialId }, requestContext(req))
      })
      await sessions.strengthen(req, res)
      return passkey
    },
  }
}
