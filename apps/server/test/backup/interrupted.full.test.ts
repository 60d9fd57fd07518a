import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { eventually } from '@pocket/test-support'
import { Client } from 'pg'
import { startInstance } from '../api/instance.ts'
import { startApp } from '../http/app.ts'
import { programArgs } from '../program.ts'
import { createMachine, type Machine, signIn } from './test-instance.ts'

test.each(['SQLite', 'PostgreSQL'] as const)(
  'import into %s stops at the first Ctrl-C and changes nothing',
  async (kind) => {
    await using machine = await createMachine(kind)
    const person = await (async () => {
      await using instance = await startInstance(machine.env)
      return await instance.person('tim')
    })()
    expect((await machine.run(['export', '-p', machine.path('archive')])).exit).toBe(0)
    const archive = await readFile(machine.path('archive'))
    const child = spawn(process.execPath, [...programArgs, 'import', '-y', '-p', '-'], {
      cwd: machine.path('.'),
      env: { PATH: process.env.PATH, ...machine.env },
    })
    const exited = once(child, 'exit')
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    // The rest never comes.
    child.stdin.write(archive.subarray(0, archive.length - 100))
    await eventually(async () => expect(await isStaged(machine)).toBe(true))
    child.kill('SIGINT')
    expect(await output).toEqual(['', 'Interrupted. Nothing was changed.\n'])
    expect(await exited).toEqual([1, null])
    expect(await isStaged(machine)).toBe(false)
    await using restored = await startApp(machine.env)
    expect((await signIn(restored, person)).status).toBe(200)
  },
)

/** Whether there is a second database that an import fills. */
async function isStaged({ config: { database } }: Machine): Promise<boolean> {
  if (database.kind === 'sqlite') return existsSync(`${database.path}-import`)
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    const { rowCount } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'pocket_import'`)
    return rowCount === 1
  } finally {
    await client.end()
  }
}
