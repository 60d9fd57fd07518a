import { rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Client } from 'pg'
import { createEmptyMachine } from '../backup/test-instance.ts'
import { createSource, facts } from './fixture.ts'

test.each(['SQLite', 'PostgreSQL'] as const)('takes the pictures of %s from the folder of --uploads', async (form) => {
  await using source = await createSource(form)
  await using folders = await createSource('SQLite')
  const uploads = join(dirname(form === 'SQLite' ? source.source : folders.source), 'elsewhere')
  await rename(join(dirname(uploads), 'uploads'), uploads)
  if (form === 'PostgreSQL') {
    const client = new Client({ connectionString: source.source })
    await client.connect()
    await client.query('DELETE FROM public.storage')
    await client.end()
  }
  await using machine = await createEmptyMachine('SQLite')
  await writeFile(machine.path('old-key'), facts.encryptionKey)
  const dryRun = async (...options: readonly string[]) => {
    const command = ['migrate-from-pocket-id', source.source, '--encryption-key-file', machine.path('old-key')]
    const { exit, stdout, stderr } = await machine.run([...command, '--dry-run', '--json', ...options])
    return { exit, picture: exit === 0 ? JSON.parse(stdout.toString()).counts.picture : undefined, stderr }
  }
  expect(await dryRun()).toMatchObject({ exit: 0, picture: undefined })
  expect(await dryRun('--uploads', uploads)).toMatchObject({ exit: 0, picture: { found: 10, migrated: 10 } })
  expect(await dryRun('--uploads', `${uploads}/none`)).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('does not exist'),
  })
})
