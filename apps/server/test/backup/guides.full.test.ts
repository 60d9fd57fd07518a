import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { freePort, startProcess } from '@pocket/test-support'
import { backUpBeforeMigration } from '../../src/composition/migration-backup.ts'
import { kinds } from '../api/calls.ts'
import { recordingLogger } from '../database/recording-logger.ts'
import { mainProgram } from '../program.ts'
import { createEmptyMachine } from './test-instance.ts'

const guides = new URL('../../../../docs/guides/', import.meta.url)

type Machine = Awaited<ReturnType<typeof createEmptyMachine>>

/** A machine where Pocket is installed and was started once. */
async function createInstalledMachine(kind: 'SQLite' | 'PostgreSQL'): Promise<Machine> {
  const machine = await createEmptyMachine(kind, {})
  await mkdir(machine.path('bin'))
  const flags = '--conditions=pocket-source --disable-warning=ExperimentalWarning'
  await writeFile(
    machine.path('bin/pocket-id'),
    `#!/bin/sh\nexec "${process.execPath}" ${flags} "${mainProgram}" "$@"\n`,
  )
  await chmod(machine.path('bin/pocket-id'), 0o755)
  const env = { ...environmentOf(machine), PORT: String(await freePort()) }
  const options = { cwd: machine.path('.'), env, readyWhen: /Listening on/ }
  await using _server = await startProcess(machine.path('bin/pocket-id'), [], options)
  return machine
}

function environmentOf(machine: Machine): Readonly<Record<string, string>> {
  return { ...machine.env, PATH: `${machine.path('bin')}:${process.env.PATH}` }
}

async function runShell(machine: Machine, commands: string): Promise<string> {
  const options = { cwd: machine.path('.'), env: environmentOf(machine) }
  await using shell = await startProcess('/bin/sh', ['-e', '-c', commands], options)
  expect({ commands, exit: await shell.exit, output: shell.output() }).toMatchObject({ commands, exit: 0 })
  return shell.output()
}

/** Runs the shell blocks of a guide in their order, and returns what each printed. */
async function runCommands(machine: Machine, guide: string): Promise<readonly string[]> {
  const text = await readFile(new URL(guide, guides), 'utf8')
  const outputs: string[] = []
  for (const [, commands = ''] of text.matchAll(/```sh\n(.*?)```/gs)) outputs.push(await runShell(machine, commands))
  return outputs
}

test.each(kinds)('the commands of the guide on backups work in their order with %s', async (kind) => {
  await using machine = await createInstalledMachine(kind)
  await backUpBeforeMigration(machine.config, recordingLogger().logger)
  await writeFile(machine.path('passphrase.txt'), 'twelve characters\n')
  await writeFile(machine.path('new-key.txt'), 'the next key, which is long enough\n')
  const outputs = await runCommands(machine, 'backup.md')
  expect(outputs).toContainEqual(expect.stringMatching(/^The database is that of \S+before-migration-/))
  expect(await readFile(machine.path('data/encryption_key'), 'utf8')).toBe('the next key, which is long enough\n')
  expect(JSON.parse(await readFile(machine.path('people.json'), 'utf8'))).toMatchObject({ rpId: 'localhost' })
})

test('the commands of the guide on other providers create people with a link each', async () => {
  await using machine = await createInstalledMachine('SQLite')
  await writeFile(
    machine.path('people.csv'),
    'ada,ada@example.com,Ada,Lovelace\ngrace,grace@example.com,Grace,Hopper\n',
  )
  const [people = '', groups] = await runCommands(machine, 'move-from-another-provider.md')
  expect(people).toMatch(/^ada@example\.com http\S+$/m)
  expect(people).toMatch(/^grace@example\.com http\S+$/m)
  expect(groups).toContain('family')
})
