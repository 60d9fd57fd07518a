import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { ConflictError, InvalidInputError } from '../errors.ts'
import { uuid } from '../random.ts'
import { passkeyName } from './aaguids.ts'
import { parseAttestation, type UnverifiedAttestation } from './attestation-statement.ts'
import type { AuthenticatorMetadata } from './authenticator-metadata.ts'
import type { CeremonyContext } from './ceremony-context.ts'
import type { CeremonyBrowser, ChallengePurpose } from './challenges.ts'
import { type PolicyProblem, policyProblems } from './compliance.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyPolicy } from './policy.ts'
import { registrationResponse } from './responses.ts'

/** The kinds of authenticators that a page can suggest (WebAuthn Level 3 §5.8.7). */
export type AuthenticatorHint = (typeof authenticatorHints)[number]

export const authenticatorHints = ['client-device', 'security-key', 'hybrid'] as const

/** The user of a new passkey (WebAuthn Level 3 §5.4.3). The account need not exist yet. */
export interface RegistrationSubject {
  readonly accountId: string
  readonly userName: string
  readonly displayName: string
}

export interface RegistrationRequest extends CeremonyBrowser {
  readonly subject: RegistrationSubject
  readonly purpose: Exclude<ChallengePurpose, 'authentication'>
  /** Returned by `verify`. */
  readonly data?: unknown
  readonly hint?: AuthenticatorHint | undefined
}

export interface PasskeyRegistrationResponse extends CeremonyBrowser {
  readonly purpose: Exclude<ChallengePurpose, 'authentication'>
  /** An unverified RegistrationResponseJSON. */
  readonly response: unknown
  /** The expected account of the passkey, if known. */
  readonly accountId?: string
  /** The browser's `User-Agent`, stored with the passkey. */
  readonly device?: string | null
}

/** A verified passkey (WebAuthn Level 3 §7.1) that is not stored yet. */
export interface VerifiedRegistration {
  readonly passkey: Passkey
  readonly data: unknown
  /** The challenge of the response, which `store` consumes. */
  readonly challenge: string
}

/** The registration ceremony (WebAuthn Level 3 §7.1). */
export interface Registration {
  options(request: RegistrationRequest): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * Verifies the response without storing anything.
   *
   * @throws {InvalidInputError} `challenge_expired`, `passkey_rejected`, `passkey_user_verification_required` or
   * `passkey_not_allowed`, with `details.reasons`, if the policy rejects it
   */
  verify(response: PasskeyRegistrationResponse): Promise<VerifiedRegistration>
  /**
   * Consumes the challenge and stores the passkey.
   *
   * @throws {InvalidInputError} `challenge_expired` @throws {ConflictError} `passkey_already_registered`
   */
  store(registration: VerifiedRegistration): Promise<void>
}

/** Bytes (WebAuthn Level 3 §7.1, step 26). */
const maxCredentialIdLength = 1023

export function createRegistration(context: CeremonyContext, metadata: AuthenticatorMetadata): Registration {
  const { relyingParty, challenges, passkeys, clock, transaction } = context

  const assertTrustworthy = (unverified: UnverifiedAttestation, { attestation }: PasskeyPolicy) => {
    const { aaguid, namesRevocationLists, hasForgedIssuer } = unverified
    if (hasForgedIssuer)
      throw new InvalidInputError(
        'passkey_rejected',
        'An attestation certificate was issued by a certificate that is not a CA.',
      )
    if (!namesRevocationLists || (attestation === 'required' && metadata.isListed(aaguid))) return
    throw attestation === 'required'
      ? notAllowed(['not_attested'])
      : new InvalidInputError('passkey_rejected', 'An attestation with revocation lists was not requested.')
  }

  return {
    async options({ subject, purpose, browserToken, data, hint }) {
      const { challenge } = challenges.issue({ purpose, browserToken, accountId: subject.accountId, data })
      const policy = await context.policy()
      const existing = await passkeys.listByAccount(subject.accountId)
      const options = await generateRegistrationOptions({
        rpID: relyingParty.rpId,
        rpName: relyingParty.rpName,
        userID: new TextEncoder().encode(subject.accountId),
        userName: subject.userName,
        userDisplayName: subject.displayName,
        challenge: Buffer.from(challenge, 'base64url'),
        timeout: relyingParty.challengeLifetime,
        attestationType: policy.attestation === 'required' ? 'direct' : 'none',
        excludeCredentials: existing.map(({ credentialId, transports }) => ({
          id: credentialId,
          transports: [...transports],
        })),
        authenticatorSelection: {
          residentKey: 'required',
          userVerification: policy.userVerification,
          ...(policy.attachment !== 'any' && { authenticatorAttachment: policy.attachment }),
        },
        extensions: { credProps: true },
      })
      return { ...options, hints: [...getHints(policy, hint)] }
    },

    async verify({ purpose, browserToken, response, accountId: expectedAccountId, device = null }) {
      const registration = registrationResponse(response)
      const { challenge, accountId, data } = challenges.open(registration.response.clientDataJSON, {
        purpose,
        browserToken,
      })
      if (accountId === null || (expectedAccountId !== undefined && accountId !== expectedAccountId))
        throw new InvalidInputError('challenge_expired', 'The challenge was issued for another account.')
      const policy = await context.policy()
      if (policy.attestation === 'required') await metadata.ensureLoaded()
      assertTrustworthy(parseAttestation(registration.response.attestationObject), policy)
      const { registrationInfo } = await verifyRegistrationResponse({
        response: registration,
        expectedChallenge: challenge,
        expectedOrigin: [...relyingParty.origins],
        expectedRPID: relyingParty.rpId,
        requireUserVerification: policy.userVerification === 'required',
      }).catch((cause: unknown) => {
        throw toPasskeyError(cause)
      })
      if (!registrationInfo) throw new InvalidInputError('passkey_rejected', 'The attestation is not valid.')
      const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified, fmt } = registrationInfo
      if (credential.id !== registration.id || Buffer.byteLength(credential.id, 'base64url') > maxCredentialIdLength)
        throw new InvalidInputError('passkey_rejected', 'The credential ID is too long or does not match the response.')
      const transports = registration.response.transports ?? []
      const isAttested =
        policy.attestation === 'required' && metadata.isTrusted(aaguid, registrationInfo.attestationObject)
      const now = clock.now()
      const passkey: Passkey = {
        id: uuid(),
        accountId,
        credentialId: credential.id,
        rpId: relyingParty.rpId,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports,
        aaguid,
        deviceType: credentialDeviceType,
        backedUp: credentialBackedUp,
        userVerified,
        attachment: toAttachment(registration.authenticatorAttachment),
        attestation: fmt === 'none' ? null : fmt,
        attestedAt: isAttested ? now : null,
        device,
        counterRegressedAt: null,
        name: passkeyName(aaguid, transports),
        createdAt: now,
        // The registration of a new account signs the user in; otherwise a code did.
        lastUsedAt: purpose === 'setup' || purpose === 'sign_up' ? now : null,
      }
      const problems = policyProblems(passkey, policy)
      if (problems.length > 0) throw notAllowed(problems)
      return { data, passkey, challenge }
    },

    store: ({ challenge, passkey }) =>
      transaction(async () => {
        await challenges.spend(challenge)
        if (!(await passkeys.insert(passkey)))
          throw new ConflictError('passkey_already_registered', 'This passkey is already registered.')
      }),
  }
}

function notAllowed(problems: readonly PolicyProblem[]): InvalidInputError {
  return new InvalidInputError('passkey_not_allowed', 'The policy of this provider does not accept such a passkey.', {
    details: { reasons: problems.join(', ') },
  })
}

/** The authenticator types that the browser should offer first (WebAuthn Level 3 §5.8.7). */
export function getHints({ attachment }: PasskeyPolicy, suggested?: AuthenticatorHint): readonly AuthenticatorHint[] {
  switch (attachment) {
    case 'platform':
      return ['client-device']
    case 'cross-platform':
      return ['security-key', 'hybrid']
    case 'any':
      return suggested === undefined ? [] : [suggested]
  }
}

function toAttachment(reported: unknown): Passkey['attachment'] {
  return reported === 'platform' || reported === 'cross-platform' ? reported : null
}

/** Distinguishes the library's errors by their message, because they have no codes. */
export function toPasskeyError(cause: unknown): InvalidInputError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = /user verification/i.test(message) ? 'passkey_user_verification_required' : 'passkey_rejected'
  return new InvalidInputError(code, message, { cause })
}

export type { PublicKeyCredentialCreationOptionsJSON }
