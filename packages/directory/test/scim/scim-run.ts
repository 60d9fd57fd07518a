import { randomUUID } from 'node:crypto'
import { createPublicFetch, type PublicFetchOptions } from '@pocket/core'
import {
  createScimTarget,
  type ListingLimits,
  type ScimRecordStore,
  type ScimRemoval,
  type ScimReport,
  type SnapshotSource,
  syncScim,
} from '../../src/internal.ts'
import { directoryStores } from '../../src/typeorm/index.ts'
import type { DirectoryUnderTest } from '../open-directory.ts'

export interface RunOptions {
  readonly url: string
  readonly token?: string
  readonly groupIds?: readonly string[] | null
  readonly removal?: ScimRemoval
  readonly fetch?: PublicFetchOptions
  readonly limits?: ListingLimits
  readonly signal?: AbortSignal
}

/** A SCIM provider with a directory, without a host. */
export interface Provider {
  readonly id: string
  readonly records: ScimRecordStore
  readonly source: SnapshotSource
  /** Milliseconds of each delay between attempts; tests do not actually wait. */
  readonly pauses: number[]
  run(options: RunOptions): Promise<ScimReport>
}

export function createProvider({ dataSource, clock }: DirectoryUnderTest): Provider {
  const { scimRecords: records, snapshots: source } = directoryStores(dataSource, clock)
  const id = randomUUID()
  const pauses: number[] = []
  return {
    id,
    records,
    source,
    pauses,
    run({ url, token = 'scim-token', groupIds = null, removal = 'deactivate', fetch = {}, limits, signal }) {
      const abortSignal = signal ?? new AbortController().signal
      const target = createScimTarget(
        {
          fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], ...fetch }),
          endpoint: { url, token },
          signal: abortSignal,
          now: () => Date.now(),
          pause: async (milliseconds) => void pauses.push(milliseconds),
        },
        limits,
      )
      return syncScim({ providerId: id, target, source, records, groupIds, removal, clock, signal: abortSignal })
    },
  }
}
