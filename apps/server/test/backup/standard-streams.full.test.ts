import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { buffer, text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { startInstance } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { programArgs } from '../program.ts'
import { createEmptyMachine, createMachine, encryptionKey, type Machine, signIn } from './test-instance.ts'

test('an archive with a passphrase and the key restores through the standard streams of the program', async () => {
  const passphrase = 'twelve characters'
  await using source = await createMachine('SQLite')
  await using instance = await startInstance(source.env)
  const person = await instance.person('tim')
  await writeFile(source.path('passphrase'), `${passphrase}\n`)
  const exported = await pocketId(source, ['export', '-p', '-', '--passphrase-file', 'passphrase', '--with-key'])
  expect([exported.exit, exported.stderr]).toEqual([0, expect.stringMatching(/^Exported \d+ rows and 0 pictures/)])
  expect(exported.stdout.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /)
  await using target = await createEmptyMachine('SQLite', { FILE_BACKEND: 'filesystem' })
  await writeFile(target.path('passphrase'), passphrase)
  const imported = await pocketId(target, ['import', '-p', '-', '--passphrase-file', 'passphrase'], exported.stdout)
  expect([imported.exit, imported.stderr]).toEqual([0, ''])
  expect(await readFile(target.path('data/encryption_key'), 'utf8')).toBe(`${encryptionKey}\n`)
  await using restored = await startApp({ ...target.env, ENCRYPTION_KEY: encryptionKey })
  expect((await signIn(restored, person)).status).toBe(200)
})

/** Runs the program in a separate process. */
async function pocketId({ env, path }: Machine, args: readonly string[], input = Buffer.alloc(0)) {
  const child = spawn(process.execPath, [...programArgs, ...args], {
    cwd: path('.'),
    env: { PATH: process.env.PATH, ...env },
  })
  const exited = once(child, 'exit')
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)])
  const [exit] = await exited
  return { exit, stdout, stderr }
}
