import { stat, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { startApp } from '../http/app.ts'
import { createSource, facts } from '../pocket-id-migration/fixture.ts'
import { createEmptyMachine, createMachine, type Terminal } from './test-instance.ts'

/** A user who answers every question, and the questions. */
function createTerminal(isConfirmed: boolean, result: string): Terminal & { readonly questions: string[] } {
  const questions: string[] = []
  return {
    questions,
    async confirm(question) {
      questions.push(question)
      return isConfirmed
    },
    async ask(question) {
      questions.push(question)
      return result
    },
    askSecret: async () => undefined,
  }
}

test('import offers the migration of an archive of Pocket ID, and carries it out', async () => {
  await using source = await createSource('archive')
  await using target = await createMachine('SQLite')
  const keyFile = target.path('key of Pocket ID')
  await writeFile(keyFile, facts.encryptionKey)
  const terminal = createTerminal(true, keyFile)
  const { exit, stdout } = await target.run(['import', '-p', source.source], undefined, terminal)
  expect([exit, terminal.questions]).toEqual([
    0,
    [
      'This is an archive of Pocket ID. Migrate its users, passkeys, clients and keys?',
      'File with the ENCRYPTION_KEY of Pocket ID (empty: that of this server): ',
    ],
  ])
  expect(stdout.toString()).toMatch(/users +13 of 14/)
  await using migrated = await startApp(target.env)
  expect(await migrated.app.directory.findByName(facts.users[0]?.username ?? '')).toBeDefined()
})

test('changes nothing if the user declines; prints the command without a terminal', async () => {
  await using source = await createSource('archive')
  await using target = await createEmptyMachine('SQLite')
  const declined = await target.run(['import', '-y', '-p', source.source], undefined, createTerminal(false, ''))
  expect([declined.exit, declined.stderr]).toEqual([1, 'Nothing was changed.\n'])
  const key = target.path('the key')
  const unattended = await target.run(['import', '-y', '-p', source.source, '--encryption-key-file', key])
  expect([unattended.exit, unattended.stderr]).toEqual([
    1,
    expect.stringMatching(
      /Run: pocket-id migrate-from-pocket-id \/\S+export\.zip --encryption-key-file '\/\S+the key'\n$/,
    ),
  ])
  await expect(stat(target.path('data/pocket-id.db'))).rejects.toThrow('ENOENT')
})
