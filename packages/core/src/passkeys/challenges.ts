import type { Clock } from '../clock.ts'
import { InvalidInput } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { Sealer } from '../sealing.ts'
import { clientDataOf } from './client-data.ts'
import type { SpentChallengeStore } from './spent-challenge-store.ts'

/** What a challenge was issued for; an answer is accepted for this purpose only. */
export type ChallengePurpose = 'authentication' | 'registration' | 'setup' | 'sign_up'

/** The browser that runs the ceremony, identified by a token in its cookie. */
export interface Asker {
  readonly browserToken: string
}

export interface ChallengeRequest extends Asker {
  readonly purpose: ChallengePurpose
  readonly accountId?: string
  /** Anything that JSON can hold; the browser keeps it encrypted. */
  readonly data?: unknown
}

export interface IssuedChallenge {
  /** base64url: the bytes that the authenticator signs. */
  readonly challenge: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

export interface OpenedChallenge {
  readonly challenge: string
  readonly accountId: string | null
  readonly data: unknown
}

/**
 * Issues challenges and accepts each one once, for one purpose, one browser and a limited time. The challenge itself is a
 * sealed value, so that issuing one stores nothing; a row is written when a verified answer spends it.
 */
export interface Challenges {
  issue(request: ChallengeRequest): IssuedChallenge
  /**
   * Reads the challenge that an authenticator's answer contains. It is not spent yet: verify the answer, then call `spend`.
   *
   * @throws {InvalidInput} `challenge_expired` if no key opens it, or if it is too old, from the future, or for another purpose
   * or browser; `passkey_rejected` if the answer contains none, or if the ceremony ran in a frame of another origin
   */
  open(clientDataJSON: string, request: Asker & { readonly purpose: ChallengePurpose }): OpenedChallenge
  /**
   * Call it first in the transaction of whatever the answer allows.
   *
   * @throws {InvalidInput} `challenge_expired` if it was spent before
   */
  spend(challenge: string): Promise<void>
  /** Removes at most `limit` spent challenges that nobody can replay any more; returns how many. */
  removeSpent(limit: number): Promise<number>
}

export interface ChallengePorts {
  readonly store: SpentChallengeStore
  readonly sealer: Sealer
  readonly clock: Clock
  /** Milliseconds. */
  readonly lifetime: number
}

/** Milliseconds by which the clock of the process that issued a challenge may be ahead. */
const maxClockSkew = 60_000

/** One lifetime more than ten: a position can precede rows of transactions that had not committed when it was read. */
const retentionLifetimes = 11

export function createChallenges({ store, sealer, clock, lifetime }: ChallengePorts): Challenges {
  const contextOf = ({ purpose, browserToken }: Asker & { readonly purpose: ChallengePurpose }) =>
    `${purpose} ${browserToken}`
  const monotonic = () => clock.monotonic?.() ?? performance.now()
  let mark: { readonly position: number; readonly at: number } | undefined

  return {
    issue({ accountId, data, ...request }) {
      const issuedAt = clock.now()
      const content = accountId === undefined && data === undefined ? [issuedAt] : [issuedAt, accountId ?? null, data]
      const challenge = sealer.seal(JSON.stringify(content), contextOf(request)).toString('base64url')
      return { challenge, expiresAt: issuedAt + lifetime }
    },

    open(clientDataJSON, request) {
      const { challenge, isFramed } = clientDataOf(clientDataJSON)
      const content = sealer.open(Buffer.from(challenge, 'base64url'), contextOf(request))
      if (content === undefined) throw expired('No key opens the challenge for this purpose and browser.')
      const [issuedAt, accountId = null, data]: [number, string | null | undefined, unknown] = JSON.parse(
        content.toString('utf8'),
      )
      const age = clock.now() - issuedAt
      if (age >= lifetime) throw expired('The challenge is too old.')
      if (age < -maxClockSkew) throw expired('The challenge was issued in the future.')
      if (isFramed) throw new InvalidInput('passkey_rejected', 'The ceremony ran inside a page of another origin.')
      return { challenge, accountId, data: data ?? undefined }
    },

    async spend(challenge) {
      // By its bytes, since several texts decode to the same ones.
      const hash = sha256(Buffer.from(challenge, 'base64url').toString('base64url'))
      if (!(await store.insert(hash))) throw expired('The challenge was used already.')
    },

    async removeSpent(limit) {
      if (mark !== undefined && monotonic() - mark.at >= retentionLifetimes * lifetime) {
        const removed = await store.removeUpTo(mark.position, limit)
        if (removed > 0) return removed
        mark = undefined
      }
      if (mark === undefined) {
        const position = await store.lastPosition()
        if (position > 0) mark = { position, at: monotonic() }
      }
      return 0
    },
  }
}

function expired(reason: string): InvalidInput {
  return new InvalidInput('challenge_expired', reason)
}
