import { type Database, TableRows } from '@pocket/core/internal/sql'
import { imageTable } from './image.table.ts'
import type { Slot, StoredImage } from './image.ts'

const rows = new TableRows(imageTable)

/** Maximum number of values in one statement. */
const maxPlaceholders = 5000

const sql = {
  find: `${rows.select} WHERE "slot" = $1`,
  filled: `${rows.select} WHERE "slot" LIKE $1`,
  pair: `${rows.select} WHERE "slot" IN ($1, $2)`,
  insert: rows.insert,
  move: `UPDATE ${rows.table} SET "slot" = $2 WHERE "slot" = $1`,
  discard: `UPDATE ${rows.table} SET "slot" = NULL WHERE "slot" = $1`,
  discarded: `${rows.select} WHERE "slot" IS NULL LIMIT 100`,
  remove: `DELETE FROM ${rows.table} WHERE "file" = $1 AND "slot" IS NULL`,
}

export function createImageStore(database: Database) {
  database.cacheTables(imageTable.options.name)
  return {
    find: async (slot: Slot): Promise<StoredImage | undefined> => rows.first(await database.query(sql.find, [slot])),
    listByPrefix: async (prefix: 'application/'): Promise<readonly StoredImage[]> =>
      rows.all(await database.query(sql.filled, [`${prefix}%`])),

    /** Like `listByPrefix`, but changes of another process may be seen up to two seconds later. */
    async listByPrefixCached(prefix: 'application/'): Promise<readonly StoredImage[]> {
      const cached = { sql: sql.filled, parameters: [`${prefix}%`], keepEmpty: true }
      return rows.all(await database.queryCached(cached))
    },

    /** The light and the dark image, as `listByPrefixCached` returns images. */
    async findPairCached(light: Slot, dark: Slot): Promise<readonly StoredImage[]> {
      const cached = { sql: sql.pair, parameters: [light, dark], keepEmpty: true }
      return rows.all(await database.queryCached(cached))
    },

    /** The images in these slots; empty slots are omitted. */
    async listBySlots(slots: readonly Slot[]): Promise<readonly StoredImage[]> {
      const images: StoredImage[] = []
      for (let from = 0; from < slots.length; from += maxPlaceholders) {
        const batch = slots.slice(from, from + maxPlaceholders)
        const placeholders = batch.map((_, index) => `$${index + 1}`).join(', ')
        images.push(...rows.all(await database.query(`${rows.select} WHERE "slot" IN (${placeholders})`, batch)))
      }
      return images
    },

    /** Locks the store against other writers until the end of the transaction. */
    async lock(): Promise<void> {
      await database.lockTable(imageTable.options.name)
    },

    insert: (image: StoredImage): Promise<void> => database.write(sql.insert, rows.values(image)),
    move: (slot: Slot, to: Slot): Promise<void> => database.write(sql.move, [slot, to]),
    discard: async (slot: Slot): Promise<boolean> => (await database.execute(sql.discard, [slot])) > 0,
    /** Images without a slot, at most 100. */
    listDiscarded: async (): Promise<readonly StoredImage[]> => rows.all(await database.query(sql.discarded)),
    remove: (file: string): Promise<void> => database.write(sql.remove, [file]),
  }
}

export type ImageStore = ReturnType<typeof createImageStore>
