import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { databaseOf } from '@pocket/core/internal/sql'
import { createTestDatabase, startPostgres } from '@pocket/test-support'
import { pino } from 'pino'
import { loadConfig } from '../src/composition/config.ts'
import { openDatabase } from '../src/composition/open-database.ts'
import { fillDatabase } from './bench-lists/data.ts'

// Program: fills a database with users, groups and clients, and prints the time, the CPU time and the memory of the commands of the built server
// on it: export, import into an empty and into a filled database, and the rotation of the encryption key. Uses SQLite; --postgres
// starts a temporary PostgreSQL. BENCH_USERS sets the number of users (20,000); there are a tenth as many groups and clients.

const { values: options } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } })
const users = Number(process.env.BENCH_USERS ?? 20_000)
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const printUsage =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("usage "+JSON.stringify(process.resourceUsage())))'

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
stack.defer(() => rm(folder, { recursive: true }))
if (options.postgres) process.env.POCKET_TEST_POSTGRES_URL = stack.use(await startPostgres()).url
const source = await createInstance('source')
const target = await createInstance('target')
const archive = join(folder, 'archive')
await writeFile(join(folder, 'passphrase'), 'a passphrase for benchmarks')
await writeFile(join(folder, 'new-key'), 'another key for benchmarks only')

{
  await using connection = await openDatabase(
    loadConfig(source, () => Buffer.alloc(0)),
    pino({ level: 'silent' }),
  )
  await fillDatabase(databaseOf(connection.dataSource), users)
}
const passphrase = ['--passphrase-file', join(folder, 'passphrase')]
await measure('export', source, ['export', '-p', archive])
process.stdout.write(`${'archive'.padEnd(30)}${((await stat(archive)).size / 1e6).toFixed(1)} MB\n`)
await measure('export with a passphrase', source, ['export', '-p', `${archive}.age`, ...passphrase])
await measure('import', target, ['import', '-p', archive])
await measure('import, replacing data', target, ['import', '-y', '-p', `${archive}.age`, ...passphrase])
await measure('encryption-key-rotate', target, [
  'encryption-key-rotate',
  '-y',
  '--new-key-file',
  join(folder, 'new-key'),
])

async function createInstance(name: string): Promise<Record<string, string>> {
  const database = options.postgres ? stack.use(await createTestDatabase()).url : join(folder, name, 'pocket-id.db')
  return { DB_CONNECTION_STRING: database, ENCRYPTION_KEY: 'a key for benchmarks only' }
}

async function measure(title: string, env: Record<string, string>, args: readonly string[]): Promise<void> {
  const start = performance.now()
  const flags = ['--disable-warning=ExperimentalWarning', '--import', printUsage]
  const child = spawn(process.execPath, [...flags, main, ...args], { cwd: folder, env })
  const [[exit], output] = await Promise.all([once(child, 'exit'), text(child.stderr), child.stdout.resume()])
  if (exit !== 0) throw new Error(`${title} failed: ${output}`)
  const seconds = (performance.now() - start) / 1000
  // Kilobytes and microseconds.
  const { maxRSS, userCPUTime, systemCPUTime }: NodeJS.ResourceUsage = JSON.parse(output.replace(/^.*usage /s, ''))
  const figures = [
    `${seconds.toFixed(1)} s`,
    `${((userCPUTime + systemCPUTime) / 1e6).toFixed(1)} s of CPU`,
    `${(maxRSS / 1000).toFixed(0)} MB of memory`,
  ]
  process.stdout.write(`${title.padEnd(30)}${figures.join(', ')}\n`)
  const rows = /^Exported .*$/m.exec(output)
  if (rows) process.stdout.write(`${' '.repeat(30)}${rows[0]}\n`)
}
