import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { longTestTimeout, startProcess } from '@pocket/test-support'
import { createSource } from './fixture.ts'
import { createTarget } from './migrated-server.ts'

test(
  'shows on a terminal how many rows are read, and removes the line afterwards',
  async () => {
    await using source = await createSource('archive')
    await using target = await createTarget('SQLite')
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile, '--dry-run']
    const command = [process.execPath, '--conditions=pocket-source', main, ...args].join(' ')
    await using terminal = await startProcess('script', ['-qec', command, '/dev/null'], {
      cwd: target.folder,
      env: { APP_URL: target.url, ENCRYPTION_KEY: 'a key for tests that is long enough' },
    })
    expect(await terminal.exit).toBe(0)
    const lines = terminal
      .output()
      .split('\u001B[K')
      .map((line) => line.trim())
    expect(lines).toEqual(expect.arrayContaining(['user: 14 of 14', 'refresh token: 51 of 51']))
    expect(lines.at(-1)).toContain('Migrated:')
  },
  longTestTimeout,
)
