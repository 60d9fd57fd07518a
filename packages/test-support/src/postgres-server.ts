import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { postgresBinaries } from './postgres-binaries.ts'
import { freePort } from './process.ts'

// A program that runs one temporary PostgreSQL. It prints `ready PORT` when it listens on 127.0.0.1; SIGUSR2 restarts it on
// the same port, and SIGTERM stops it and removes its data. The superuser is `postgres`, with the password in PGPASSWORD.

// PostgreSQL refuses to run as root; `nobody` exists on every Linux, so no user has to be created.
const nobodyIds = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0
const runAs = isRoot ? nobodyIds : {}
const environment = { LC_ALL: 'C', TZ: 'UTC' }

const folder = await mkdtemp(join(tmpdir(), 'pocket-test-postgres-data-'))
let server: ChildProcess | undefined
let isStopping = false
let isRestarting = false
process.once('SIGTERM', () => {
  isStopping = true
  server?.kill('SIGQUIT')
})
process.on('SIGUSR2', () => {
  isRestarting = true
  // The fast shutdown, which ends all connections.
  server?.kill('SIGINT')
})
// A killed test run no longer reads the output; the data must still be removed.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
try {
  const binaries = await postgresBinaries(isRoot)
  const data = await createCluster(binaries)
  await serveUntilStopped(binaries, data)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function createCluster(binaries: string): Promise<string> {
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, process.env.PGPASSWORD ?? '', { mode: 0o600 })
  if (isRoot) for (const path of [folder, passwordFile]) await chown(path, nobodyIds.uid, nobodyIds.gid)
  const args = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(
    join(binaries, 'bin', 'initdb'),
    [...args, `--pgdata=${data}`, `--pwfile=${passwordFile}`],
    { ...runAs, env: environment, cwd: folder },
  )
  return data
}

/** Runs until PostgreSQL exits. Another program may take the port first, hence the retries. */
async function serveUntilStopped(binaries: string, data: string): Promise<void> {
  let port = await freePort()
  for (let attempt = 1; !isStopping; attempt++) {
    const postgres = start(binaries, data, port)
    server = postgres.child
    if (isStopping) server.kill('SIGQUIT')
    const [code] = await once(server, 'exit')
    if (isStopping) return
    if (isRestarting) {
      isRestarting = false
      continue
    }
    if (attempt === 5 || !postgres.isPortTaken()) throw new Error(`PostgreSQL ended with exit code ${code}`)
    port = await freePort()
  }
}

function start(binaries: string, data: string, port: number): { child: ChildProcess; isPortTaken: () => boolean } {
  // Without fsync: the data need not survive a crash of the machine, only of the process under test, which does not write
  // these files.
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    `max_connections=${process.env.MAX_CONNECTIONS}`,
    `autovacuum_naptime=${process.env.AUTOVACUUM_INTERVAL}`,
  ]
  const network = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=']
  const child = spawn(
    join(binaries, 'bin', 'postgres'),
    ['-D', data, ...[...settings, ...network].flatMap((setting) => ['-c', setting])],
    { ...runAs, env: environment, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let portTaken = false
  createInterface({ input: child.stderr }).on('line', (line) => {
    console.error(line)
    if (line.includes('Address already in use')) portTaken = true
    if (line.includes('database system is ready to accept connections')) console.log(`ready ${port}`)
  })
  return { child, isPortTaken: () => portTaken }
}
