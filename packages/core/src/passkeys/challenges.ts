import type { Clock } from '../clock.ts'
import { InvalidInput } from '../errors.ts'
import { sha256 } from '../hash.ts'
import { randomToken } from '../random.ts'
import type { ChallengePurpose, ChallengeStore } from './challenge-store.ts'
import { clientDataOf } from './client-data.ts'

/** Who asks: the token that this browser holds in a cookie. */
export interface Asker {
  readonly browserToken: string
}

export interface ChallengeRequest extends Asker {
  readonly purpose: ChallengePurpose
  readonly accountId?: string
  readonly data?: unknown
}

export interface IssuedChallenge {
  /** base64url, 32 random bytes. */
  readonly challenge: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

export interface ConsumedChallenge {
  readonly challenge: string
  readonly accountId: string | null
  readonly data: unknown
}

/** Makes challenges and takes them back once: for one purpose, one browser and a limited time. */
export interface Challenges {
  issue(request: ChallengeRequest): Promise<IssuedChallenge>
  /**
   * Uses up the challenge that the answer of an authenticator carries, before anything in the answer is believed.
   *
   * @throws {InvalidInput} `challenge_expired` where it is unknown, used, too old, or was made for another purpose or browser;
   * `passkey_rejected` where the answer carries none, or was given inside a page of another origin
   */
  consume(clientDataJSON: string, request: Asker & { readonly purpose: ChallengePurpose }): Promise<ConsumedChallenge>
}

export function createChallenges(store: ChallengeStore, clock: Clock, lifetime: number): Challenges {
  return {
    async issue({ purpose, browserToken, accountId, data }) {
      const challenge = randomToken()
      const expiresAt = clock.now() + lifetime
      await store.insert({
        hash: sha256(challenge),
        purpose,
        browserHash: sha256(browserToken),
        accountId: accountId ?? null,
        data: data === undefined ? null : JSON.stringify(data),
        expiresAt,
      })
      return { challenge, expiresAt }
    },

    async consume(clientDataJSON, { purpose, browserToken }) {
      const { challenge, isFramed } = clientDataOf(clientDataJSON)
      const stored = await store.consume(sha256(challenge))
      const holds =
        stored !== undefined &&
        stored.purpose === purpose &&
        stored.browserHash === sha256(browserToken) &&
        stored.expiresAt > clock.now()
      if (!holds)
        throw new InvalidInput('challenge_expired', 'The challenge is unknown, used, too old or not for this.')
      if (isFramed) throw new InvalidInput('passkey_rejected', 'The ceremony ran inside a page of another origin.')
      return {
        challenge,
        accountId: stored.accountId,
        data: stored.data === null ? undefined : JSON.parse(stored.data),
      }
    },
  }
}
