import type { Clock, MasterKey } from '@pocket/core'
import { auditSealPurpose } from '@pocket/core/internal'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditSeal } from './audit-seal.table.ts'
import type { AuditSealStore, Position } from './audit-seal-store.ts'

export interface AuditChainDeps {
  readonly store: AuditSealStore
  readonly masterKey: Pick<MasterKey, 'mac'>
  readonly clock: Clock
}

export interface BrokenBatch {
  readonly number: number
  /** ISO 8601, of the first and the last entry. */
  readonly from: string
  readonly to: string
  readonly problem: 'entries_missing' | 'entries_added' | 'entries_changed' | 'batch_missing'
}

export interface AuditVerification {
  readonly batches: number
  readonly entries: number
  /** The hash of the newest batch, `null` if there is none. */
  readonly head: string | null
  /** Whether the chain contains the hash that the caller expects; `true` if none is expected. */
  readonly isExpectedFound: boolean
  readonly broken: readonly BrokenBatch[]
}

/** Chains the audit log in batches, so that removed, added and changed entries are detected. */
export interface AuditChain {
  /** Seals the entries that no longer change. */
  seal(signal: AbortSignal): Promise<void>
  /** Removes sealed batches whose entries are all older; the hash of the last one remains. */
  removeBefore(instant: number, signal: AbortSignal): Promise<void>
  /** @param expected - the hash of a batch, noted earlier: detects that the newest batches were removed */
  verify(expected?: string): Promise<AuditVerification>
}

/** Milliseconds. Repetitions change an entry for an hour, and a transaction commits within a minute. */
const minAge = 2 * 3_600_000
/** Milliseconds between the first and the last entry of a batch, because retention removes whole batches. */
const maxSpan = 24 * 3_600_000
const batchSize = 1000
const pageSize = 100

/** Columns that later versions add are not sealed in earlier entries, so this list never changes. */
const sealedFields = [
  ...(['id', 'createdAt', 'event', 'accountId', 'accountName', 'actorId', 'actorName', 'clientId'] as const),
  ...(['clientName', 'ipAddress', 'userAgent', 'country', 'city', 'requestId', 'data', 'changes'] as const),
  ...(['occurrences', 'lastAt', 'last', 'repetition', 'searched'] as const),
]
const beginning: Position = { createdAt: Number.MIN_SAFE_INTEGER, id: '' }

export function createAuditChain({ store, masterKey, clock }: AuditChainDeps): AuditChain {
  const hashOf = (previous: string, entries: readonly AuditEntry[]) => {
    const lines = entries.map((entry) => JSON.stringify(sealedFields.map((field) => entry[field])))
    return masterKey.mac(auditSealPurpose, [previous, ...lines].join('\n'))
  }

  const findProblem = async (
    seal: AuditSeal,
    previous: AuditSeal | undefined,
  ): Promise<BrokenBatch['problem'] | null> => {
    if (seal.number !== (previous?.number ?? 0) + 1) return 'batch_missing'
    // Entries that were inserted after the previous batch would belong to this one.
    const after = previous ? lastOf(previous) : beginning
    const entries = await store.entriesThrough(after, lastOf(seal), batchSize + 1)
    if (entries.length !== seal.entries) return entries.length < seal.entries ? 'entries_missing' : 'entries_added'
    return hashOf(previous?.hash ?? '', entries) === seal.hash ? null : 'entries_changed'
  }

  /** Retention has removed everything before the end of the batch. */
  const findProblemOfRemovedBatch = async (seal: AuditSeal): Promise<BrokenBatch['problem'] | null> =>
    (await store.entriesThrough(beginning, lastOf(seal), 1)).length === 0 ? null : 'entries_added'

  const seal: AuditChain['seal'] = async (signal) => {
    while (!signal.aborted) {
      const previous = await store.last()
      const from = previous ? lastOf(previous) : beginning
      const found = await store.entriesUntil(from, clock.now() - minAge, batchSize)
      const [first] = found
      if (first === undefined) return
      const entries = found.filter(({ createdAt }) => createdAt - first.createdAt < maxSpan)
      const last = entries.at(-1) ?? first
      const isInserted = await store.insert({
        number: (previous?.number ?? 0) + 1,
        firstAt: first.createdAt,
        lastAt: last.createdAt,
        lastId: last.id,
        entries: entries.length,
        hash: hashOf(previous?.hash ?? '', entries),
        isRemoved: false,
      })
      // Another process seals the same entries.
      if (!isInserted) return
    }
  }

  /** All batches, oldest first, each with the one before it. */
  async function* batches() {
    let previous: AuditSeal | undefined
    for (;;) {
      const page = await store.after(previous?.number ?? 0, pageSize)
      for (const batch of page) {
        yield { batch, previous }
        previous = batch
      }
      if (page.length < pageSize) return
    }
  }

  /**
   * Whether retention has removed the batch, perhaps since it was read: it leaves only the seal of the last batch that it
   * removed, which is always the first seal. No HMAC covers `isRemoved`, so the flag of a later batch is not trusted.
   */
  const isRetired = async ({ number }: AuditSeal) => {
    const [first] = await store.after(0, 1)
    return first?.isRemoved === true && first.number >= number
  }

  return {
    seal,
    async removeBefore(instant, signal) {
      await seal(signal)
      for await (const { batch } of batches()) {
        if (signal.aborted || batch.lastAt >= instant) return
        if (!batch.isRemoved) await store.removeThrough(batch)
      }
    },
    async verify(expected) {
      const broken: BrokenBatch[] = []
      let count = 0
      let entries = 0
      let head: string | null = null
      let isExpectedFound = expected === undefined
      for await (const { batch, previous } of batches()) {
        head = batch.hash
        if (batch.hash === expected) isExpectedFound = true
        const isRemoved = batch.isRemoved && (await isRetired(batch))
        if (!isRemoved) {
          count += 1
          entries += batch.entries
        }
        const problem = isRemoved ? await findProblemOfRemovedBatch(batch) : await findProblem(batch, previous)
        if (problem === null || (!isRemoved && (await isRetired(batch)))) continue
        const [from = '', to = ''] = [batch.firstAt, batch.lastAt].map((at) => new Date(at).toISOString())
        broken.push({ number: batch.number, from, to, problem })
      }
      return { batches: count, entries, head, isExpectedFound, broken }
    },
  }
}

function lastOf({ lastAt, lastId }: AuditSeal): Position {
  return { createdAt: lastAt, id: lastId }
}
