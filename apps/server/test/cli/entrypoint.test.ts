import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

const docker = fileURLToPath(new URL('../../../../docker/', import.meta.url))
const fakes: Readonly<Record<string, string>> = {
  id: 'echo "$FAKE_UID"',
  chown: 'echo "chown $*" >>"$LOG"; exit "$FAKE_CHOWN_EXIT"',
  setpriv: 'echo "setpriv $*" >>"$LOG"; while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  node: 'echo "node $* in $(pwd)" >>"$LOG"',
}

let app: string

/** The scripts in a folder that represents the image, with commands that only print their calls. */
beforeEach(async () => {
  app = await mkdtemp(join(tmpdir(), 'pocket-image-'))
  await mkdir(join(app, 'bin'))
  for (const [name, script] of Object.entries(fakes))
    await writeProgram(join(app, 'bin', name), `#!/bin/sh\n${script}\n`)
  for (const [from, to] of [
    ['entrypoint.sh', 'entrypoint.sh'],
    ['pocket-id.sh', 'pocket-id'],
  ] as const)
    await copyFile(join(docker, from), join(app, to))
})

afterEach(() => rm(app, { recursive: true }))

async function writeProgram(path: string, content: string): Promise<void> {
  await writeFile(path, content)
  await chmod(path, 0o755)
}

interface ScriptRun {
  readonly status: number | null
  readonly calls: readonly string[]
  readonly errors: string
}

async function run(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<ScriptRun> {
  const log = join(app, 'calls.log')
  await writeFile(log, '')
  const PATH = `${join(app, 'bin')}:${process.env.PATH}`
  const { status, stderr } = spawnSync(join(app, script), args, {
    env: { PATH, LOG: log, POCKET_APP: app, FAKE_UID: '0', FAKE_CHOWN_EXIT: '0', ...env },
    encoding: 'utf8',
  })
  const calls = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
  return { status, calls: calls.map((call) => call.replaceAll(app, '/app')), errors: stderr }
}

test('changes the owner of the data folder and drops root', async () => {
  const { calls, status } = await run('entrypoint.sh', ['/app/pocket-id'], { PUID: '4711', PGID: '4712' })
  expect(status).toBe(0)
  expect(calls).toEqual([
    'chown -h 4711:4712 /app/data',
    'setpriv --reuid=4711 --regid=4712 --clear-groups -- node /app/dist/main.js',
    'node /app/dist/main.js in /app',
  ])
})

test('uses user 1000 without PUID and PGID, and passes arguments to the program', async () => {
  const { calls } = await run('entrypoint.sh', ['one-time-access-token', 'Ada Lovelace'], {})
  expect(calls.at(-2)).toContain('setpriv --reuid=1000 --regid=1000')
  expect(calls.at(-1)).toBe('node /app/dist/main.js one-time-access-token Ada Lovelace in /app')
})

test('does not change the owner of files that are already correct', async () => {
  const { getuid, getgid } = process
  await mkdir(join(app, 'data'))
  await writeFile(join(app, 'data', 'pocket-id.db'), '')
  const { calls } = await run('entrypoint.sh', [], { PUID: String(getuid?.()), PGID: String(getgid?.()) })
  expect(calls.filter((call) => call.startsWith('chown'))).toEqual([])
  expect(calls.at(-1)).toBe('node /app/dist/main.js in /app')
})

test('changes no owner and drops no rights without root', async () => {
  const { calls } = await run('entrypoint.sh', ['pocket-id'], { FAKE_UID: '4711' })
  expect(calls).toEqual(['node /app/dist/main.js in /app'])
})

test.each(['root', '10 00', '-1', '1:2', '$(id)'])('rejects PUID=%s before it changes anything', async (puid) => {
  const { calls, status, errors } = await run('entrypoint.sh', [], { PUID: puid })
  expect(status).toBe(1)
  expect(errors).toContain('PUID and PGID must be numbers')
  expect(calls).toEqual([])
})

test('reports a folder whose owner it cannot change, and starts the server', async () => {
  const { calls, errors } = await run('entrypoint.sh', [], { PUID: '4711', FAKE_CHOWN_EXIT: '1' })
  expect(errors).toContain('could not be given to 4711:1000')
  expect(calls.at(-1)).toBe('node /app/dist/main.js in /app')
})

test('drops root in the program too, as "docker exec" starts it', async () => {
  const { calls } = await run('pocket-id', ['healthcheck'], { PUID: '4711' })
  expect(calls).toEqual([
    'setpriv --reuid=4711 --regid=1000 --clear-groups -- node /app/dist/main.js healthcheck',
    'node /app/dist/main.js healthcheck in /app',
  ])
})

test('keeps compiled code in the data folder, unless the environment names another one', async () => {
  await writeProgram(join(app, 'bin', 'node'), '#!/bin/sh\necho "$NODE_COMPILE_CACHE" >>"$LOG"\n')
  expect((await run('entrypoint.sh', [], {})).calls.at(-1)).toBe('/app/data/cache')
  expect((await run('entrypoint.sh', [], { NODE_COMPILE_CACHE: '/elsewhere' })).calls.at(-1)).toBe('/elsewhere')
})

test('returns the exit code of the program', async () => {
  await writeProgram(join(app, 'bin', 'node'), '#!/bin/sh\nexit 3\n')
  expect((await run('entrypoint.sh', [], {})).status).toBe(3)
})
