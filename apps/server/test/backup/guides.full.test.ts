import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'
import { startApp } from '../http/app.ts'
import { createMachine } from './test-instance.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const guides = new URL('../../../../docs/guides/', import.meta.url)

type Machine = Awaited<ReturnType<typeof createMachine>>

/** A machine on which Pocket is installed and was started once. */
async function createInstalledMachine(): Promise<Machine> {
  const machine = await createMachine('SQLite', {})
  // The URL of an installation whose environment names none.
  const APP_URL = 'http://localhost:1411'
  await (await startApp({ ...machine.env, APP_URL, ENCRYPTION_KEY: '' }))[Symbol.asyncDispose]()
  await mkdir(machine.path('bin'))
  const flags = '--conditions=pocket-source --disable-warning=ExperimentalWarning'
  await writeFile(machine.path('bin/pocket-id'), `#!/bin/sh\nexec "${process.execPath}" ${flags} "${main}" "$@"\n`)
  await chmod(machine.path('bin/pocket-id'), 0o755)
  return machine
}

/** Runs the shell blocks of a guide in their order, and returns what each printed. */
async function runCommands(machine: Machine, guide: string): Promise<readonly string[]> {
  const text = await readFile(new URL(guide, guides), 'utf8')
  const outputs: string[] = []
  for (const [, commands = ''] of text.matchAll(/```sh\n(.*?)```/gs)) {
    const env = { ...machine.env, PATH: `${machine.path('bin')}:${process.env.PATH}` }
    await using shell = await startProcess('/bin/sh', ['-e', '-c', commands], { cwd: machine.path('.'), env })
    expect({ commands, exit: await shell.exit, output: shell.output() }).toMatchObject({ commands, exit: 0 })
    outputs.push(shell.output())
  }
  return outputs
}

test('the commands of the guide on back-ups work in their order', async () => {
  await using machine = await createInstalledMachine()
  await writeFile(machine.path('passphrase.txt'), 'twelve characters\n')
  await writeFile(machine.path('new-key.txt'), 'the next key, which is long enough\n')
  expect((await runCommands(machine, 'back-up.md')).length).toBeGreaterThan(4)
  expect(await readFile(machine.path('data/encryption_key'), 'utf8')).toBe('the next key, which is long enough\n')
  expect(JSON.parse(await readFile(machine.path('people.json'), 'utf8'))).toMatchObject({ rpId: 'localhost' })
})

test('the commands of the guide on other providers create people with a link each', async () => {
  await using machine = await createInstalledMachine()
  await writeFile(
    machine.path('people.csv'),
    'ada,ada@example.com,Ada,Lovelace\ngrace,grace@example.com,Grace,Hopper\n',
  )
  const [people = '', groups] = await runCommands(machine, 'move-from-another-provider.md')
  expect(people).toMatch(/^ada@example\.com http\S+$/m)
  expect(people).toMatch(/^grace@example\.com http\S+$/m)
  expect(groups).toContain('family')
})
