import { integer, uuid } from './columns.ts'
import { defineTable } from './define-table.ts'

/** One row, which changes with each change of a cached table. */
export interface CacheVersion {
  readonly id: number
  /** Random, so that a restored database never repeats one. */
  readonly version: string
}

export const cacheVersionTable = defineTable<CacheVersion>('pocket_cache_version', {
  columns: { id: { ...integer, primary: true }, version: uuid },
})
