import { type Clock, monotonicOf } from '../clock.ts'
import { InvalidInputError } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { Sealer } from '../sealing.ts'
import type { SpentChallengeStore } from './spent-challenge-store.ts'

/** The purpose of a challenge; responses are accepted only for this purpose. */
export type ChallengePurpose = 'authentication' | 'registration' | 'recovery' | 'setup' | 'sign_up'

/** The browser that runs the ceremony, identified by a token in its cookie. */
export interface CeremonyBrowser {
  readonly browserToken: string
}

export interface ChallengeRequest extends CeremonyBrowser {
  readonly purpose: ChallengePurpose
  readonly accountId?: string
  /** Any JSON value; the browser stores it encrypted. */
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

/** Milliseconds by which the clock of the process that issued a challenge may be ahead. */
const maxClockSkew = 60_000

/** Ten lifetimes plus one: a position can precede rows of transactions that had not committed when it was read. */
const retentionLifetimes = 11

/**
 * Issues challenges and accepts each one once, for one purpose, one browser and a limited time. The challenge itself is a
 * sealed value, so that issuing one stores nothing; a row is written when a verified response consumes it.
 */
export function createChallenges(
  store: SpentChallengeStore,
  sealer: Sealer,
  clock: Clock,
  /** Milliseconds. */
  lifetime: number,
) {
  const contextOf = ({ purpose, browserToken }: CeremonyBrowser & { readonly purpose: ChallengePurpose }) =>
    `${purpose} ${browserToken}`
  const monotonic = monotonicOf(clock)
  let watermark: { readonly position: number; readonly at: number } | undefined

  return {
    issue({ accountId, data, ...request }: ChallengeRequest): IssuedChallenge {
      const issuedAt = clock.now()
      const content = accountId === undefined && data === undefined ? [issuedAt] : [issuedAt, accountId ?? null, data]
      const challenge = sealer.seal(JSON.stringify(content), contextOf(request)).toString('base64url')
      return { challenge, expiresAt: issuedAt + lifetime }
    },

    /**
     * Reads the challenge of an authenticator response without consuming it: verify the response, then call `spend`.
     *
     * @throws {InvalidInputError} `challenge_expired` if no key opens it, or if it is too old, from the future, or for another purpose
     * or browser; `passkey_rejected` if the response contains none, or if the ceremony ran in a frame of another origin
     */
    open(clientDataJSON: string, request: CeremonyBrowser & { readonly purpose: ChallengePurpose }): OpenedChallenge {
      const { challenge, isFramed } = parseClientData(clientDataJSON)
      const content = sealer.open(Buffer.from(challenge, 'base64url'), contextOf(request))
      if (content === undefined) throw expiredError('The challenge was issued for another purpose or browser.')
      const [issuedAt, accountId = null, data]: [number, string | null | undefined, unknown] = JSON.parse(
        content.toString('utf8'),
      )
      const age = clock.now() - issuedAt
      if (age >= lifetime) throw expiredError('The challenge has expired.')
      if (age < -maxClockSkew) throw expiredError('The challenge was issued in the future.')
      if (isFramed) throw new InvalidInputError('passkey_rejected', 'The ceremony ran inside a page of another origin.')
      return { challenge, accountId, data: data ?? undefined }
    },

    /**
     * Consumes the challenge; call it first in the transaction of the authorized action.
     *
     * @throws {InvalidInputError} `challenge_expired` if it was already used
     */
    async spend(challenge: string): Promise<void> {
      // Hash the bytes, because several strings decode to the same bytes.
      const hash = sha256(Buffer.from(challenge, 'base64url').toString('base64url'))
      if (!(await store.insert(hash))) throw expiredError('The challenge has already been used.')
    },

    /** Removes at most `limit` used challenges that can no longer be replayed; returns the number. */
    async removeSpent(limit: number): Promise<number> {
      if (watermark !== undefined && monotonic() - watermark.at >= retentionLifetimes * lifetime) {
        const removed = await store.removeUpTo(watermark.position, limit)
        if (removed > 0) return removed
        watermark = undefined
      }
      if (watermark === undefined) {
        const position = await store.lastPosition()
        if (position > 0) watermark = { position, at: monotonic() }
      }
      return 0
    },
  }
}

export type Challenges = ReturnType<typeof createChallenges>

function expiredError(reason: string): InvalidInputError {
  return new InvalidInputError('challenge_expired', reason)
}

/** The unverified client data of a ceremony (WebAuthn Level 3 §5.8.1). */
interface ClientData {
  readonly challenge: string
  /** Whether the page was framed by another origin, which permits clickjacking; our pages never are. */
  readonly isFramed: boolean
}

/** @throws {InvalidInputError} `passkey_rejected` if it is not JSON, or contains no challenge */
export function parseClientData(clientDataJSON: string): ClientData {
  const { challenge, crossOrigin, topOrigin } = parseJson(clientDataJSON)
  if (typeof challenge !== 'string')
    throw new InvalidInputError('passkey_rejected', 'The client data of the response contains no challenge.')
  const isFramed = (crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined
  return { challenge, isFramed }
}

function parseJson(clientDataJSON: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'))
    return typeof data === 'object' && data !== null ? { ...data } : {}
  } catch (cause) {
    throw new InvalidInputError('passkey_rejected', 'The client data of the response is not JSON.', { cause })
  }
}
