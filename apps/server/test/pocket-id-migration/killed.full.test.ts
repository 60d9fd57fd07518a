import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { createSource } from './fixture.ts'
import { createTarget } from './migrated-server.ts'

// Pictures come last.
test.each(['pocket_consent', 'pocket_image'])(
  'leaves an empty target when it is killed at the rows of %s, and can be repeated',
  async (table) => {
    await using source = await createSource('archive')
    await using target = await createTarget('SQLite')
    const preload = fileURLToPath(new URL('stop-at-insert.ts', import.meta.url))
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile]
    const env = { FILE_BACKEND: 'filesystem' }
    const pictures = async () => {
      const entries = await readdir(join(target.folder, 'data/uploads'), { recursive: true }).catch(() => [])
      return entries.filter((name) => /\.\w+$/.test(name) && !name.startsWith('.staged-files')).length
    }
    expect(await target.run(['--import', preload], args, { ...env, STOP_AT: table })).toMatchObject({ exit: 137 })
    const database = new Database(join(target.folder, 'data/pocket-id.db'))
    const count = (name: string) => database.prepare(`SELECT COUNT(*) FROM ${name}`).pluck().get()
    expect([count('pocket_user'), count('pocket_client'), await pictures()]).toEqual([0, 0, 0])
    expect(await target.run([], args, env)).toMatchObject({ exit: 0 })
    expect([count('pocket_user'), count('pocket_client'), await pictures()]).toEqual([13, 15, 10])
    expect(await readdir(join(target.folder, 'data/uploads'))).not.toContain('.staged-files')
    database.close()
  },
)
