import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type ManagedKind, type ManagedObject, managedTable } from './managed.table.ts'

export interface AppliedFile {
  /** Without the folder. */
  readonly name: string
  readonly revision: number | null
  /** The digest of the file, encrypted, because it covers the secrets that the file refers to. */
  readonly encryptedDigest: string
}

/** The store of the settings, of which one row is the applied file: requests have already read it. */
interface MarkerStore {
  list(): Promise<readonly Marker[]>
  listCached(): Promise<readonly Marker[]>
  put(marker: Marker): Promise<void>
  remove(key: string): Promise<void>
}

interface Marker {
  readonly key: string
  readonly value: string
}

/** The row of the settings that is not a setting. */
const marker = 'configurationFile'

const rows = new TableRows(managedTable)

const sql = {
  list: `${rows.select} ORDER BY kind, id`,
  find: `${rows.select} WHERE kind = $1 AND id = $2`,
  insert: rows.insert,
  clear: `DELETE FROM ${rows.table}`,
}

export function createManagedStore(database: Database, markers: MarkerStore) {
  return {
    list: async (): Promise<readonly ManagedObject[]> => rows.all(await database.query(sql.list, [])),
    find: async (kind: ManagedKind, id: string): Promise<ManagedObject | undefined> =>
      rows.first(await database.query(sql.find, [kind, id])),

    /** Replaces all objects, within the transaction of the caller. */
    async replace(managed: readonly ManagedObject[]): Promise<void> {
      await database.execute(sql.clear, [])
      for (const object of managed) await database.execute(sql.insert, rows.values(object))
    },

    /** Whether a file was applied; one that another process applied for the first time counts within two seconds. */
    isUsed: async (): Promise<boolean> => (await markers.listCached()).some(({ key }) => key === marker),

    async appliedFile(): Promise<AppliedFile | undefined> {
      const stored = (await markers.list()).find(({ key }) => key === marker)
      // The cast is safe: only `putAppliedFile` writes the row.
      const file = stored && (JSON.parse(stored.value) as AppliedFile)
      // Earlier commits stored no digest of the values, so the file counts as a new one.
      return file && 'encryptedDigest' in file ? file : undefined
    },

    async putAppliedFile(file: AppliedFile): Promise<void> {
      await markers.put({ key: marker, value: JSON.stringify(file) })
    },

    async release(): Promise<void> {
      await database.transaction(async () => {
        await database.execute(sql.clear, [])
        await markers.remove(marker)
      })
    },
  }
}

export type ManagedStore = ReturnType<typeof createManagedStore>
