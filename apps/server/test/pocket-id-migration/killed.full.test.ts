import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { createSource } from './fixture.ts'
import { createTarget, type TargetDatabase } from './migrated-server.ts'

const preload = fileURLToPath(new URL('stop-at-insert.ts', import.meta.url))

// Pictures come last.
test.each(['pocket_consent', 'pocket_image'])(
  'leaves an empty target when it is killed at the rows of %s, and can be repeated',
  async (table) => {
    await using source = await createSource('archive')
    await using target = await createTarget('SQLite')
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile]
    const env = { FILE_BACKEND: 'filesystem' }
    const countPictures = async () => {
      const entries = await readdir(join(target.folder, 'data/uploads'), { recursive: true }).catch(() => [])
      return entries.filter((name) => /\.\w+$/.test(name) && !name.startsWith('.staged-files')).length
    }
    expect(await target.run(['--import', preload], args, { ...env, STOP_AT: table })).toMatchObject({ exit: 137 })
    const database = new Database(join(target.folder, 'data/pocket-id.db'))
    const countRows = (name: string) => database.prepare(`SELECT COUNT(*) FROM ${name}`).pluck().get()
    expect([countRows('pocket_user'), countRows('pocket_client'), await countPictures()]).toEqual([0, 0, 0])
    expect(await target.run([], args, env)).toMatchObject({ exit: 0 })
    expect([countRows('pocket_user'), countRows('pocket_client'), await countPictures()]).toEqual([13, 15, 10])
    expect(await readdir(join(target.folder, 'data/uploads'))).not.toContain('.staged-files')
    database.close()
  },
)

test.each<TargetDatabase>(['SQLite', 'PostgreSQL'])(
  'stops at the first Ctrl-C, leaves an empty target and no copy of the source, and can be repeated, with %s',
  async (kind) => {
    await using source = await createSource('archive')
    await using target = await createTarget(kind)
    const temporary = join(target.folder, 'temporary')
    await mkdir(temporary)
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile]
    const env = { STOP_AT: 'pocket_user', STOP_SIGNAL: 'SIGINT', TMPDIR: temporary }
    const interrupted = await target.run(['--import', preload], args, env)
    expect(interrupted).toEqual({ exit: 1, output: expect.stringContaining('Interrupted. Nothing was changed.') })
    expect(await readdir(temporary)).toEqual([])
    expect(await target.run([], args)).toMatchObject({ exit: 0 })
  },
)
