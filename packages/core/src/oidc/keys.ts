import { generateKeyPair as generateKeyPairCallback, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { MasterKey } from '../master-key.ts'
import type { Transaction } from '../transaction.ts'
import type { KeyStatus, KeyStore, StoredKey } from './key-store.ts'

const generateKeyPair = promisify(generateKeyPairCallback)
const use = 'signing key'
const algorithm = 'RS256'
const day = 24 * 60 * 60_000

/** When keys move on, in milliseconds. */
export interface KeySchedule {
  /** How long a key signs. */
  readonly signsFor: number
  /** How long a key is published before it may sign: longer than any verifier keeps the old set. */
  readonly announcedFor: number
  /** How long a key is published after it signed: longer than anything that it signed is believed. */
  readonly keptFor: number
}

export const defaultKeySchedule: KeySchedule = { signsFor: 90 * day, announcedFor: 2 * day, keptFor: 30 * day }

/** A private signing key as the library takes it (RFC 7517). */
export type SigningKey = JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: 'sig' }

/** The keys that are published, the signing one of each algorithm first. */
export interface KeySet {
  /** Changes whenever the set does. */
  readonly version: string
  readonly keys: readonly SigningKey[]
}

/** The provider's signing keys. */
export interface KeyRing {
  /** The present set; makes the first keys where there are none. @throws {Misconfigured} where the master key does not fit */
  load(): Promise<KeySet>
  /** Moves the keys on where their time has come; returns the new signing key's `kid`, or `undefined`. */
  rotate(): Promise<string | undefined>
}

export interface KeyRingPorts {
  readonly store: KeyStore
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly transaction: Transaction
  readonly schedule: KeySchedule
}

export function createKeyRing({ store, masterKey, clock, transaction, schedule }: KeyRingPorts): KeyRing {
  const make = async (status: KeyStatus): Promise<StoredKey> => {
    const { privateKey } = await generateKeyPair('rsa', { modulusLength: 2048 })
    const jwk = privateKey.export({ format: 'jwk' })
    const kid = thumbprint(jwk)
    const encryptedJwk = masterKey.encrypt(use, JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig' }))
    return { kid, algorithm, status, encryptedJwk, statusSince: clock.now() }
  }
  const complete = async (): Promise<readonly StoredKey[]> => {
    const known = await store.list()
    const missing = (['current', 'next'] as const).filter((status) => !known.some((key) => key.status === status))
    if (missing.length === 0) return known
    for (const key of await Promise.all(missing.map(make))) await store.insert(key)
    return store.list()
  }
  return {
    async load() {
      const stored = await complete()
      const keys = stored.map((key): SigningKey => JSON.parse(masterKey.decrypt(use, key.encryptedJwk)))
      return { version: stored.map(({ kid, status }) => `${kid}:${status}`).join(), keys }
    },

    async rotate() {
      const now = clock.now()
      const keys = await complete()
      for (const { kid, status, statusSince } of keys)
        if (status === 'previous' && now - statusSince >= schedule.keptFor) await store.remove(kid)
      const current = keys.find(({ status }) => status === 'current')
      const next = keys.find(({ status }) => status === 'next')
      if (!current || !next) throw new Misconfigured('The key store lost a key that it had just taken.')
      if (now - current.statusSince < schedule.signsFor || now - next.statusSince < schedule.announcedFor)
        return undefined
      const following = await make('next')
      return transaction(async () => {
        // Of several processes that rotate at once, the one whose first move holds goes on.
        if (!(await store.move(current.kid, 'current', 'previous', now))) return undefined
        await store.move(next.kid, 'next', 'current', now)
        await store.insert(following)
        return next.kid
      })
    },
  }
}

/** The key's name is its thumbprint (RFC 7638). */
function thumbprint({ e, kty, n }: JsonWebKey): string {
  return sha256(JSON.stringify({ e, kty, n }))
}
