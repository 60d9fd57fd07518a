import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startProcess } from '@pocket/test-support'
import { programArgs } from '../program.ts'
import { createSource } from './fixture.ts'
import { createTarget, type TargetDatabase } from './migrated-server.ts'

/** Runs a command on a terminal, and returns each line that it showed there. */
async function runInTerminal(target: Awaited<ReturnType<typeof createTarget>>, args: readonly string[]) {
  const command = [process.execPath, ...programArgs, ...args].join(' ')
  const options = { cwd: target.folder, env: target.env }
  await using terminal = await startProcess('script', ['-qec', command, '/dev/null'], options)
  expect({ args, exit: await terminal.exit, output: terminal.output() }).toMatchObject({ args, exit: 0 })
  return terminal
    .output()
    .split('\u001B[K')
    .map((line) => line.trim())
}

test('shows on a terminal how many rows are read, and removes the line afterwards', async () => {
  await using source = await createSource('archive')
  await using target = await createTarget('SQLite')
  const args = ['migrate-from-pocket-id', source.source, '--encryption-key-file', target.keyFile, '--dry-run']
  const lines = await runInTerminal(target, args)
  expect(lines).toEqual(expect.arrayContaining(['user: 14 of 14', 'refresh token: 51 of 51']))
  expect(lines.at(-1)).toMatch(/^To be migrated:/)
})

test.each<TargetDatabase>(['SQLite', 'PostgreSQL'])(
  'shows on a terminal how far export, import and rotation of the key are, with %s',
  async (kind) => {
    await using source = await createSource('archive')
    await using target = await createTarget(kind)
    expect(await target.migrate(source.source)).toMatchObject({ exit: 0 })
    const exported = await runInTerminal(target, ['export', '--path', 'archive'])
    const [, rows] = /^Exported (\d+) rows and 10 pictures/.exec(exported.at(-1) ?? '') ?? []
    expect(exported).toEqual(expect.arrayContaining([`rows: ${rows} of ${rows}`, 'pictures: 10 of 10']))
    const [, total] = /^rows: (\d+) of \1$/.exec((await runInTerminal(target, ['export', '--open'])).at(-2) ?? '') ?? []
    expect(Number(total)).toBeGreaterThan(13)
    const imported = await runInTerminal(target, ['import', '--path', 'archive', '--yes'])
    const kilobytes = Math.ceil((await stat(join(target.folder, 'archive'))).size / 1000)
    expect(imported).toContain(`kB: ${kilobytes} of ${kilobytes}`)
    expect(imported.at(-1)).toMatch(/^Imported /)
    await writeFile(join(target.folder, 'new-key'), 'the next key, which is long enough')
    const rotated = await runInTerminal(target, ['encryption-key-rotate', '--new-key-file', 'new-key', '--yes'])
    expect(rotated).toContain('rows of pocket_signup_token: 2 of 2')
    expect(rotated.at(-1)).toMatch(/rows are encrypted with the new key/)
  },
)
