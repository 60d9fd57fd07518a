import { defineMigration } from '@pocket/core/internal/sql'
import { migrations } from '../../src/composition/server-tables.ts'

// Preloaded into the server program: makes it a newer version, with migrations that the program itself does not know.

const AddClientNotes = defineMigration('AdditiveAddClientNotes1999999999001', {
  up: [
    'ALTER TABLE "pocket_client" ADD COLUMN "note" varchar',
    'CREATE TABLE "pocket_note" ("id" varchar PRIMARY KEY)',
  ],
})
const RemoveFavorites = defineMigration('RemoveFavorites1999999999002', { up: ['DROP TABLE "pocket_favourite"'] })

const added = process.env.NEWER_VERSION === '2' ? [RemoveFavorites] : []
// The cast is safe because the list cannot be changed elsewhere.
const own = migrations.at(-1)?.migrations as unknown[]
own.push(AddClientNotes, ...added)
