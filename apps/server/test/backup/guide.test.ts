import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { createMachine } from './machine.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const guide = new URL('../../../../docs/guides/back-up.md', import.meta.url)

test('the commands of the guide on back-ups work in their order', async () => {
  await using machine = await createMachine('SQLite', {})
  await (await startApp({ ...machine.env, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
  await mkdir(machine.path('bin'))
  const flags = '--conditions=pocket-source --disable-warning=ExperimentalWarning'
  await writeFile(machine.path('bin/pocket-id'), `#!/bin/sh\nexec "${process.execPath}" ${flags} "${main}" "$@"\n`)
  await chmod(machine.path('bin/pocket-id'), 0o755)
  await writeFile(machine.path('passphrase.txt'), 'twelve characters\n')
  await writeFile(machine.path('new-key.txt'), 'the next key, which is long enough\n')
  const blocks = Array.from(
    (await readFile(guide, 'utf8')).matchAll(/```sh\n(.*?)```/gs),
    ([, commands = '']) => commands,
  )
  expect(blocks.length).toBeGreaterThan(4)
  for (const commands of blocks) {
    const env = { ...machine.env, PATH: `${machine.path('bin')}:${process.env.PATH}` }
    await using shell = await startProcess('/bin/sh', ['-e', '-c', commands], { cwd: machine.path('.'), env })
    expect({ commands, exit: await shell.exit, output: shell.output() }).toMatchObject({ commands, exit: 0 })
  }
  expect(await readFile(machine.path('data/encryption_key'), 'utf8')).toBe('the next key, which is long enough\n')
  expect(JSON.parse(await readFile(machine.path('people.json'), 'utf8'))).toMatchObject({ rpId: 'localhost' })
})
