import type { Actor } from '../audit/audit-sink.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../clients/protocol.ts'
import { type Clock, monotonicOf } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import { encryptionPurposes, type MasterKey } from '../master-key.ts'
import type { Transaction } from '../transaction.ts'
import { createKeyAges, isInFuture } from './key-ages.ts'
import { generateSigningKey, type SigningKey } from './key-generation.ts'
import { propagationTime, publicationTime } from './key-publication.ts'
import type { KeyStatus, KeyStore, StoredKey } from './key-store.ts'

const encryptionPurpose = encryptionPurposes.signingKey
const hour = 60 * 60_000
const day = 24 * hour

/**
 * The schedule of key rotation (OpenID Connect Core §10.1.1), in milliseconds.
 *
 * @example
 * ```ts
 * const schedule: KeySchedule = { ...defaultKeySchedule, signingPeriod: 30 * 24 * 60 * 60_000 }
 * ```
 */
export interface KeySchedule {
  /** How long a key signs. */
  readonly signingPeriod: number
  /** How long a key is published before it signs; must exceed the cache time of verifiers. */
  readonly announcementPeriod: number
  /** Minimum time a key is published after it signed; extended if access tokens live longer. */
  readonly verificationPeriod: number
}

/** Keys are published 2 days before they sign, sign for 90 days, and are published for 30 more days. */
export const defaultKeySchedule: KeySchedule = {
  signingPeriod: 90 * day,
  announcementPeriod: 2 * day,
  verificationPeriod: 30 * day,
}

/** The published keys: RS256 first, and the current key of each algorithm before its others. */
export interface KeySet {
  /** Changes whenever the set changes. */
  readonly version: string
  readonly keys: readonly SigningKey[]
}

export interface KeyRing {
  /** Loads the key set, and generates missing keys. @throws {ConfigurationError} if the master key cannot decrypt them */
  load(): Promise<KeySet>
  /** Like `load`, but may miss changes of the last two seconds. Returns `known` if it is still the key set. */
  loadCached(known: KeySet): Promise<KeySet>
  /** Rotates all keys that are due; returns the `kid`s of the new signing keys. */
  rotate(): Promise<readonly string[]>
  replace(kids: readonly string[], immediately: boolean): Promise<readonly KeyReplacement[]>
  /** The published keys for display, grouped by algorithm, current key first. */
  list(): Promise<readonly PublishedKey[]>
}

/** Options of a manual key replacement. */
export interface KeyReplacementOptions extends Actor {
  /** Whether the new key signs immediately and the old keys of its algorithm are removed, which invalidates their tokens. */
  readonly immediately?: boolean | undefined
}

/** The result of a manual key replacement. */
export interface KeyReplacement {
  readonly algorithm: string
  /** The `kid` of the new key. */
  readonly kid: string
  /** When the key starts to sign, in milliseconds since the Unix epoch. */
  readonly signsFrom: number
}

/** A published key (RFC 7517 §4). Times are in milliseconds since the Unix epoch. */
export interface PublishedKey extends Pick<StoredKey, 'kid' | 'algorithm' | 'status'> {
  /** Time of the last status change. */
  readonly since: number
  /** Time of the next change: the current key stops signing, the next key starts, the previous key is removed. */
  readonly until: number
}

export function createKeyRing({
  store,
  masterKey,
  clock,
  transaction,
  schedule,
  maxTokenLifetime,
  generateKey = generateSigningKey,
}: {
  readonly store: KeyStore
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly transaction: Transaction
  readonly schedule: KeySchedule
  /** The maximum lifetime of a token signed now, in milliseconds. */
  readonly maxTokenLifetime: () => Promise<number>
  readonly generateKey?: typeof generateSigningKey
}): KeyRing {
  const monotonic = monotonicOf(clock)
  const ages = createKeyAges(clock)
  let nextRemoval = Number.NEGATIVE_INFINITY
  let compared: { readonly stored: readonly StoredKey[]; readonly set: KeySet } | undefined
  const createKey = async (algorithm: SigningAlgorithm, status: KeyStatus): Promise<StoredKey> => {
    const jwk = await generateKey(algorithm)
    const encryptedJwk = masterKey.encrypt(encryptionPurpose, JSON.stringify(jwk))
    return { kid: jwk.kid, algorithm, status, encryptedJwk, statusSince: clock.now(), replacementRequestedAt: null }
  }
  const listKeys = async (): Promise<readonly StoredKey[]> => {
    const keys = await store.list()
    ages.observe(keys)
    return keys
  }
  const ensureKeys = async (): Promise<readonly StoredKey[]> => {
    const existing = await listKeys()
    const missing = signingAlgorithms.flatMap((algorithm) =>
      (['current', 'next'] as const)
        .filter((status) => !existing.some((key) => key.algorithm === algorithm && key.status === status))
        .map((status) => ({ algorithm, status })),
    )
    if (missing.length === 0) return existing
    const created = await Promise.all(missing.map(({ algorithm, status }) => createKey(algorithm, status)))
    for (const key of created) await store.insert(key)
    return listKeys()
  }
  const findPair = (algorithm: string, keys: readonly StoredKey[]): KeyPair => {
    const algorithmKeys = keys.filter((key) => key.algorithm === algorithm)
    const current = algorithmKeys.find(({ status }) => status === 'current')
    const next = algorithmKeys.find(({ status }) => status === 'next')
    if (!current || !next) throw new ConfigurationError('The key store did not return a key that was just inserted.')
    return { current, next }
  }
  /** How long the current key signs, and how long the next key must be published before it signs. */
  const getPeriods = ({ current }: KeyPair): Pick<KeySchedule, 'signingPeriod' | 'announcementPeriod'> =>
    current.replacementRequestedAt === null && !isInFuture(current, clock.now())
      ? schedule
      : { signingPeriod: 0, announcementPeriod: publicationTime }
  const isDue = (pair: KeyPair): boolean => {
    const { signingPeriod, announcementPeriod } = getPeriods(pair)
    return ages.ageOf(pair.current) >= signingPeriod && ages.ageOf(pair.next) >= announcementPeriod
  }
  const dueAt = (pair: KeyPair): number => {
    const { signingPeriod, announcementPeriod } = getPeriods(pair)
    return Math.max(ages.reachedAt(pair.current, signingPeriod), ages.reachedAt(pair.next, announcementPeriod))
  }
  /** Returns `false` if another process has replaced the key. */
  const advance = async ({ current, next }: KeyPair, retired: readonly StoredKey[] = []): Promise<boolean> => {
    const now = clock.now()
    const newKey = await createKey(current.algorithm as SigningAlgorithm, 'next')
    return transaction(async () => {
      // If several processes rotate concurrently, only the one whose first update succeeds continues.
      if (!(await store.move(current.kid, 'current', 'previous', now))) return false
      await store.move(next.kid, 'next', 'current', now)
      await store.insert(newKey)
      for (const { kid } of retired) await store.remove(kid)
      return true
    })
  }
  /** How long a key is published after it signed. */
  const retention = async (): Promise<number> =>
    // Other processes may sign with the key until they know that it was replaced.
    Math.max(schedule.verificationPeriod, (await maxTokenLifetime()) + propagationTime)
  const removeRetired = async (keys: readonly StoredKey[]): Promise<void> => {
    const retired = keys.filter((key) => key.status === 'previous' && ages.ageOf(key) >= schedule.verificationPeriod)
    if (retired.length === 0 || monotonic() < nextRemoval) return
    nextRemoval = monotonic() + hour
    const verificationPeriod = await retention()
    for (const key of retired) if (ages.ageOf(key) >= verificationPeriod) await store.remove(key.kid)
  }
  const toKeySet = (stored: readonly StoredKey[], known?: KeySet): KeySet => {
    const sorted = [...stored].sort((left, right) => algorithmOrder(left) - algorithmOrder(right))
    const version = sorted.map(({ kid, status }) => `${kid}:${status}`).join()
    if (version === known?.version) return known
    const keys = sorted.map((key): SigningKey => JSON.parse(masterKey.decrypt(encryptionPurpose, key.encryptedJwk)))
    return { version, keys }
  }
  return {
    async load() {
      return toKeySet(await ensureKeys())
    },

    async loadCached(known) {
      const stored = await store.listCached()
      if (stored === compared?.stored && known === compared.set) return known
      compared = { stored, set: toKeySet(stored, known) }
      return compared.set
    },

    async rotate() {
      const keys = await ensureKeys()
      await removeRetired(keys)
      const rotated: string[] = []
      for (const algorithm of signingAlgorithms) {
        const pair = findPair(algorithm, keys)
        if (isDue(pair) && (await advance(pair))) rotated.push(pair.next.kid)
      }
      return rotated
    },

    async replace(kids, immediately) {
      const keys = await ensureKeys()
      const replaced: KeyReplacement[] = []
      for (const algorithm of signingAlgorithms) {
        const { current, next } = findPair(algorithm, keys)
        if (!kids.includes(current.kid)) continue
        const now = clock.now()
        const isDelayed = !immediately && ages.ageOf(next) < publicationTime
        const signsFrom = isDelayed ? Math.max(now, ages.reachedAt(next, publicationTime)) : now
        const oldKeys = keys.filter((key) => key.algorithm === algorithm && key !== next)
        const isAccepted = isDelayed
          ? await store.requestReplacement(current.kid, now)
          : await advance({ current, next }, immediately ? oldKeys : [])
        if (isAccepted) replaced.push({ algorithm, kid: next.kid, signsFrom })
      }
      return replaced
    },

    async list() {
      const keys = await ensureKeys()
      const verificationPeriod = keys.some(({ status }) => status === 'previous')
        ? await retention()
        : schedule.verificationPeriod
      return [...keys]
        .sort((left, right) => algorithmOrder(left) - algorithmOrder(right))
        .map((key) => {
          const { kid, algorithm, status, statusSince: since } = key
          const until =
            status === 'previous' ? ages.reachedAt(key, verificationPeriod) : dueAt(findPair(algorithm, keys))
          return { kid, algorithm, status, since, until }
        })
    },
  }
}

interface KeyPair {
  readonly current: StoredKey
  readonly next: StoredKey
}

/** A key ring for external keys: it generates and stores none, and the external service rotates them. */
export const noKeyRing: KeyRing = {
  load: async () => ({ version: '', keys: [] }),
  loadCached: async (known) => known,
  rotate: async () => [],
  replace: async () => [],
  list: async () => [],
}

/** RS256 sorts first, because some clients use the first key of the set. Imported keys that do not sign sort last. */
function algorithmOrder({ algorithm }: StoredKey): number {
  const order: readonly string[] = signingAlgorithms
  return order.includes(algorithm) ? order.indexOf(algorithm) : order.length
}
