import { watch } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'
import pg from 'pg'

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

const postgresModule = JSON.stringify(new URL('../src/postgres.ts', import.meta.url).href)

test('gives the reason if PostgreSQL cannot run', async () => {
  const script = `import { createTestDatabase, startRunPostgres } from ${postgresModule}
    await startRunPostgres()
    await createTestDatabase()`
  await using testRun = await startProcess(process.execPath, ['--input-type=module', '-e', script], {
    env: { TMPDIR: '/no/such/folder' },
  })

  expect(await testRun.exit).toBe(1)
  expect(testRun.output()).toMatch(/there is no PostgreSQL for this test: [\s\S]*ENOENT[\s\S]*\/no\/such\/folder/)
})

test('removes the server and its data when a test run is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-killed-'))
  const listDataFolders = async () => (await readdir(folder)).filter((name) => name.includes('-data-'))
  const watcher = watch(folder)
  try {
    await chmod(folder, 0o755)
    const script = `import { startPostgres } from ${postgresModule}
      console.log('up at ' + (await startPostgres()).url)
      setInterval(() => {}, 1000)`
    await using testRun = await startProcess(process.execPath, ['--input-type=module', '-e', script], {
      env: { TMPDIR: folder },
      readyWhen: /^up at (.+)$/,
    })
    expect(await listDataFolders()).toHaveLength(1)

    testRun.kill('SIGKILL')

    await new Promise<void>((resolve) => {
      const checkRemoved = async (): Promise<void> => {
        if ((await listDataFolders()).length === 0) resolve()
      }
      watcher.on('change', checkRemoved)
      checkRemoved()
    })
    await expect(query(String(testRun.ready[1]), 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  } finally {
    watcher.close()
    await rm(folder, { recursive: true, force: true })
  }
})
