import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import type { MasterKey } from '../master-key.ts'
import type { Transaction } from '../transaction.ts'
import { generateSigningKey, type SigningKey } from './key-generation.ts'
import type { KeyStatus, KeyStore, StoredKey } from './key-store.ts'

const use = 'signing key'
const day = 24 * 60 * 60_000

/**
 * When keys move on (OpenID Connect Core §10.1.1), in milliseconds.
 *
 * @example
 * ```ts
 * const keySchedule: KeySchedule = { ...defaultKeySchedule, signsFor: 30 * 24 * 60 * 60_000 }
 * ```
 */
export interface KeySchedule {
  /** How long a key signs. */
  readonly signsFor: number
  /** How long a key is published before it may sign: longer than any verifier keeps the old set. */
  readonly announcedFor: number
  /** How long a key is published after it signed: longer than anything that it signed is believed. */
  readonly keptFor: number
}

/** Keys sign for 90 days, are announced 2 days before, and are kept for 30 days after. */
export const defaultKeySchedule: KeySchedule = { signsFor: 90 * day, announcedFor: 2 * day, keptFor: 30 * day }

/** The keys that are published: RS256 first, and the signing one of each algorithm before its others. */
export interface KeySet {
  /** Changes whenever the set does. */
  readonly version: string
  readonly keys: readonly SigningKey[]
}

/** The provider's signing keys. */
export interface KeyRing {
  /** The present set; makes the first keys where there are none. @throws {Misconfigured} where the master key does not fit */
  load(): Promise<KeySet>
  /** Moves the keys on where their time has come; returns the `kid`s of the new signing keys. */
  rotate(): Promise<readonly string[]>
  /** The keys that are published, for people: those of one algorithm together, the signing one first. */
  list(): Promise<readonly PublishedKey[]>
}

/** A key that is published (RFC 7517 §4). Instants in milliseconds since the Unix epoch. */
export interface PublishedKey extends Pick<StoredKey, 'kid' | 'algorithm' | 'status'> {
  /** Since when it has its status. */
  readonly since: number
  /** When it moves on: the current one stops to sign, the next one begins to, the previous one is published no more. */
  readonly until: number
}

export interface KeyRingPorts {
  readonly store: KeyStore
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly transaction: Transaction
  readonly schedule: KeySchedule
}

export function createKeyRing({ store, masterKey, clock, transaction, schedule }: KeyRingPorts): KeyRing {
  const make = async (algorithm: SigningAlgorithm, status: KeyStatus): Promise<StoredKey> => {
    const jwk = await generateSigningKey(algorithm)
    const encryptedJwk = masterKey.encrypt(use, JSON.stringify(jwk))
    return { kid: jwk.kid, algorithm, status, encryptedJwk, statusSince: clock.now() }
  }
  const complete = async (): Promise<readonly StoredKey[]> => {
    const known = await store.list()
    const missing = signingAlgorithms.flatMap((algorithm) =>
      (['current', 'next'] as const)
        .filter((status) => !known.some((key) => key.algorithm === algorithm && key.status === status))
        .map((status) => ({ algorithm, status })),
    )
    if (missing.length === 0) return known
    const made = await Promise.all(missing.map(({ algorithm, status }) => make(algorithm, status)))
    for (const key of made) await store.insert(key)
    return store.list()
  }
  const rotateOne = async (algorithm: SigningAlgorithm, keys: readonly StoredKey[]): Promise<string[]> => {
    const now = clock.now()
    const ours = keys.filter((key) => key.algorithm === algorithm)
    const current = ours.find(({ status }) => status === 'current')
    const next = ours.find(({ status }) => status === 'next')
    if (!current || !next) throw new Misconfigured('The key store lost a key that it had just taken.')
    if (now - current.statusSince < schedule.signsFor || now - next.statusSince < schedule.announcedFor) return []
    const following = await make(algorithm, 'next')
    return transaction(async () => {
      // Of several processes that rotate at once, the one whose first move holds goes on.
      if (!(await store.move(current.kid, 'current', 'previous', now))) return []
      await store.move(next.kid, 'next', 'current', now)
      await store.insert(following)
      return [next.kid]
    })
  }
  return {
    async load() {
      const stored = [...(await complete())].sort((left, right) => placeOf(left) - placeOf(right))
      const keys = stored.map((key): SigningKey => JSON.parse(masterKey.decrypt(use, key.encryptedJwk)))
      return { version: stored.map(({ kid, status }) => `${kid}:${status}`).join(), keys }
    },

    async rotate() {
      const now = clock.now()
      const keys = await complete()
      for (const { kid, status, statusSince } of keys)
        if (status === 'previous' && now - statusSince >= schedule.keptFor) await store.remove(kid)
      const rotated: string[] = []
      for (const algorithm of signingAlgorithms) rotated.push(...(await rotateOne(algorithm, keys)))
      return rotated
    },

    async list() {
      const keys = await complete()
      const rotationOf = (algorithm: string): number => {
        const since = (status: KeyStatus) =>
          keys.find((key) => key.algorithm === algorithm && key.status === status)?.statusSince ?? 0
        return Math.max(since('current') + schedule.signsFor, since('next') + schedule.announcedFor)
      }
      return [...keys]
        .sort((left, right) => placeOf(left) - placeOf(right))
        .map(({ kid, algorithm, status, statusSince: since }) => {
          const until = status === 'previous' ? since + schedule.keptFor : rotationOf(algorithm)
          return { kid, algorithm, status, since, until }
        })
    },
  }
}

/** For keys that are elsewhere: none is made or stored here, and whoever has them rotates them. */
export const noKeyRing: KeyRing = {
  load: async () => ({ version: '', keys: [] }),
  rotate: async () => [],
  list: async () => [],
}

/** RS256 comes first, since there are clients that take the first key, whatever it is. */
function placeOf({ algorithm }: StoredKey): number {
  const order: readonly string[] = signingAlgorithms
  return order.indexOf(algorithm)
}
