import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import { ForbiddenError, InvalidInputError } from '../errors.ts'
import type { CeremonyContext } from './ceremony-context.ts'
import type { CeremonyBrowser } from './challenges.ts'
import { policyProblems } from './compliance.ts'
import type { Passkey } from './passkey.ts'
import type { PasskeyUse } from './passkey-store.ts'
import type { PasskeyPolicy, RelyingParty } from './policy.ts'
import { getHints, toPasskeyError } from './registration.ts'
import { authenticationResponse } from './responses.ts'

/** The options for `navigator.credentials.get` in the browser (WebAuthn Level 3 §5.5). */
export interface AuthenticationRequest {
  readonly options: PublicKeyCredentialRequestOptionsJSON
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

export interface PasskeyAuthenticationResponse extends CeremonyBrowser {
  /** An unverified AuthenticationResponseJSON. */
  readonly response: unknown
}

export interface VerifiedAuthentication {
  readonly passkey: Passkey
  /** Whether the signature counter failed to increase: the passkey may be a copy (WebAuthn Level 3 §6.1.1). */
  readonly counterRegressed: boolean
  /** The challenge of the response, and the passkey use to record with it. */
  readonly challenge: string
  readonly use: PasskeyUse
}

/** The authentication ceremony (WebAuthn Level 3 §7.2) with discoverable credentials. */
export function createAuthentication(context: CeremonyContext) {
  const { relyingParty, challenges, passkeys, clock, transaction } = context

  /**
   * Browsers hide passkeys without user verification if it is required, so request it as preferred while such passkeys are
   * accepted.
   */
  const requestedUserVerification = async (policy: PasskeyPolicy): Promise<PasskeyPolicy['userVerification']> => {
    if (policy.userVerification === 'preferred' || policy.nonCompliance === 'require') return policy.userVerification
    return (await passkeys.hasUnverified()) ? 'preferred' : 'required'
  }
  return {
    async request({ browserToken }: CeremonyBrowser): Promise<AuthenticationRequest> {
      const { challenge, expiresAt } = challenges.issue({ purpose: 'authentication', browserToken })
      const policy = await context.policy()
      const options = await generateAuthenticationOptions({
        rpID: relyingParty.rpId,
        challenge: Buffer.from(challenge, 'base64url'),
        timeout: relyingParty.challengeLifetime,
        userVerification: await requestedUserVerification(policy),
      })
      return { options: { ...options, hints: [...getHints(policy)] }, expiresAt }
    },

    /**
     * Verifies the response; the passkey identifies the account, which may be missing or disabled. Writes only a counter regression that the policy rejects; callers that
     * sign in call `recordUse`.
     *
     * @throws {InvalidInputError} `challenge_expired`, `passkey_unknown`, `passkey_rejected`, `passkey_user_verification_required`,
     * and `passkey_counter_regressed` if the policy rejects that
     * @throws {ForbiddenError} `passkey_not_allowed` if the policy requires another passkey
     */
    async verify({ browserToken, response }: PasskeyAuthenticationResponse): Promise<VerifiedAuthentication> {
      const credential = authenticationResponse(response)
      const { challenge } = challenges.open(credential.response.clientDataJSON, {
        purpose: 'authentication',
        browserToken,
      })
      const passkey = await passkeys.findByCredentialId(credential.id)
      if (!passkey) throw new InvalidInputError('passkey_unknown', 'No account has this passkey.')
      const policy = await context.policy()
      const { newCounter, credentialBackedUp, userVerified } = await verifySignature({
        credential,
        challenge,
        passkey,
        relyingParty,
        requireUserVerification: policy.userVerification === 'required' && passkey.userVerified !== false,
      })
      const at = clock.now()
      const usedPasskey = { ...passkey, userVerified: userVerified || passkey.userVerified }
      if (policy.nonCompliance === 'require' && policyProblems(usedPasskey, policy).length > 0)
        throw new ForbiddenError('passkey_not_allowed', 'The policy of this provider requires another passkey.', {
          details: { accountId: passkey.accountId },
        })
      const hasCounter = passkey.counter > 0 || newCounter > 0
      const counterRegressed = hasCounter && newCounter <= passkey.counter
      if (counterRegressed && policy.counterRegression === 'refuse') {
        await transaction(async () => {
          await challenges.spend(challenge)
          await passkeys.recordCounterRegression(passkey.id, at)
        })
        throw new InvalidInputError('passkey_counter_regressed', 'The signature counter did not increase.', {
          details: { accountId: passkey.accountId, passkeyId: passkey.id },
        })
      }
      const use = { counter: newCounter, backedUp: credentialBackedUp, userVerified, rpId: relyingParty.rpId, at }
      return { passkey, counterRegressed, challenge, use }
    },

    /**
     * Consumes the challenge and records the use of the passkey; call it first in the transaction of the sign-in.
     *
     * @throws {InvalidInputError} `challenge_expired` if the challenge was already used
     */
    async recordUse({ passkey, counterRegressed, challenge, use }: VerifiedAuthentication): Promise<void> {
      await passkeys.recordUse(passkey.id, use)
      if (counterRegressed) await passkeys.recordCounterRegression(passkey.id, use.at)
      // Last, so that it is sent together with the use.
      await challenges.spend(challenge)
    },
  }
}

export type Authentication = ReturnType<typeof createAuthentication>

interface Verification {
  readonly credential: AuthenticationResponseJSON
  readonly challenge: string
  readonly passkey: Passkey
  readonly relyingParty: RelyingParty
  readonly requireUserVerification: boolean
}

async function verifySignature(verification: Verification) {
  const { credential, challenge, passkey, relyingParty, requireUserVerification } = verification
  const { userHandle } = credential.response
  // The account is not known before, so the passkey must identify it (WebAuthn Level 3 §7.2, step 6).
  if (!userHandle || Buffer.from(userHandle, 'base64url').toString('utf8') !== passkey.accountId)
    throw new InvalidInputError('passkey_rejected', 'The user handle does not match the account of the passkey.')
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: credential,
    expectedChallenge: challenge,
    expectedOrigin: [...relyingParty.origins],
    expectedRPID: relyingParty.rpId,
    requireUserVerification,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      // Disables the library's counter check, because the caller decides about regressions.
      counter: 0,
    },
  }).catch((cause: unknown) => {
    throw toPasskeyError(cause)
  })
  if (!verified) throw new InvalidInputError('passkey_rejected', 'The signature is not valid.')
  // Backup eligibility never changes (WebAuthn Level 3 §6.1.3), and policies rely on it.
  if (authenticationInfo.credentialDeviceType !== passkey.deviceType)
    throw new InvalidInputError('passkey_rejected', 'The backup eligibility of the passkey has changed.')
  return authenticationInfo
}
