import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Clock } from '../clock.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import { uuid } from '../random.ts'
import { passkeyName } from './aaguids.ts'
import type { ChallengePurpose } from './challenge-store.ts'
import type { Asker, Challenges } from './challenges.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyStore } from './passkey-store.ts'
import type { PasskeyPolicy } from './policy.ts'
import { registrationResponse } from './responses.ts'

/** Whom a new passkey is for. The account need not exist yet. */
export interface RegistrationSubject {
  readonly accountId: string
  readonly userName: string
  readonly displayName: string
}

export interface RegistrationRequest extends Asker {
  readonly subject: RegistrationSubject
  readonly purpose: Exclude<ChallengePurpose, 'authentication'>
  /** What `verify` gives back. */
  readonly data?: unknown
}

export interface RegistrationAnswer extends Asker {
  readonly purpose: Exclude<ChallengePurpose, 'authentication'>
  /** A RegistrationResponseJSON, not yet believed. */
  readonly response: unknown
  /** Whose passkey this has to be, where that is known. */
  readonly accountId?: string
}

/** A passkey that has proven itself and is not stored yet. */
export interface VerifiedRegistration {
  readonly passkey: Passkey
  readonly data: unknown
}

/** The ceremony that makes a passkey (WebAuthn Level 3 §7.1). */
export interface Registration {
  options(request: RegistrationRequest): Promise<PublicKeyCredentialCreationOptionsJSON>
  /**
   * Uses up the challenge and verifies the answer; stores nothing.
   *
   * @throws {InvalidInput} `challenge_expired`, `passkey_rejected` or `passkey_user_verification_required`
   */
  verify(answer: RegistrationAnswer): Promise<VerifiedRegistration>
  /** @throws {Conflict} `passkey_already_registered` */
  store(passkey: Passkey): Promise<void>
}

export interface RegistrationPorts {
  readonly policy: PasskeyPolicy
  readonly challenges: Challenges
  readonly passkeys: PasskeyStore
  readonly clock: Clock
}

export function createRegistration({ policy, challenges, passkeys, clock }: RegistrationPorts): Registration {
  return {
    async options({ subject, purpose, browserToken, data }) {
      const { challenge } = await challenges.issue({ purpose, browserToken, accountId: subject.accountId, data })
      const known = await passkeys.listByAccount(subject.accountId)
      return generateRegistrationOptions({
        rpID: policy.rpId,
        rpName: policy.rpName,
        userID: new TextEncoder().encode(subject.accountId),
        userName: subject.userName,
        userDisplayName: subject.displayName,
        challenge: Buffer.from(challenge, 'base64url'),
        timeout: policy.challengeLifetime,
        attestationType: 'none',
        excludeCredentials: known.map(({ credentialId, transports }) => ({
          id: credentialId,
          transports: [...transports],
        })),
        authenticatorSelection: { residentKey: 'required', userVerification: policy.userVerification },
        extensions: { credProps: true },
      })
    },

    async verify({ purpose, browserToken, response, accountId: expected }) {
      const answer = registrationResponse(response)
      const { challenge, accountId, data } = await challenges.consume(answer.response.clientDataJSON, {
        purpose,
        browserToken,
      })
      if (accountId === null || (expected !== undefined && accountId !== expected))
        throw new InvalidInput('challenge_expired', 'The challenge was made for another account.')
      const { registrationInfo } = await verifyRegistrationResponse({
        response: answer,
        expectedChallenge: challenge,
        expectedOrigin: [...policy.origins],
        expectedRPID: policy.rpId,
        requireUserVerification: policy.userVerification === 'required',
      }).catch((cause: unknown) => {
        throw refusal(cause)
      })
      if (!registrationInfo) throw new InvalidInput('passkey_rejected', 'The attestation is not valid.')
      const { credential, aaguid, credentialDeviceType, credentialBackedUp } = registrationInfo
      const transports = answer.response.transports ?? []
      return {
        data,
        passkey: {
          id: uuid(),
          accountId,
          credentialId: credential.id,
          publicKey: Buffer.from(credential.publicKey).toString('base64url'),
          counter: credential.counter,
          transports,
          aaguid,
          deviceType: credentialDeviceType,
          backedUp: credentialBackedUp,
          name: passkeyName(aaguid, transports),
          createdAt: clock.now(),
          lastUsedAt: null,
        },
      }
    },

    async store(passkey) {
      if (!(await passkeys.insert(passkey)))
        throw new Conflict('passkey_already_registered', 'This passkey is registered already.')
    },
  }
}

/** The library tells its refusals apart by their text alone. */
export function refusal(cause: unknown): InvalidInput {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = /user verification/i.test(message) ? 'passkey_user_verification_required' : 'passkey_rejected'
  return new InvalidInput(code, message, { cause })
}

export type { PublicKeyCredentialCreationOptionsJSON }
