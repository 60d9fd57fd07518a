import { EntitySchema } from 'typeorm'
import { integer, uuid } from './columns.ts'

/** One row, which changes with each change of a cached table. */
export interface CacheVersion {
  readonly id: number
  /** Random, so that a restored database never repeats one. */
  readonly version: string
}

export const cacheVersionTable: EntitySchema<CacheVersion> = new EntitySchema<CacheVersion>({
  name: 'pocket_cache_version',
  tableName: 'pocket_cache_version',
  columns: { id: { ...integer, primary: true }, version: uuid },
})
