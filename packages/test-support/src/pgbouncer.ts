import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProcess } from './process.ts'

const program = '/usr/sbin/pgbouncer'
/** PgBouncer does not run as root; `nobody` of Debian. */
const nobody = 65_534

/** The reason why PgBouncer cannot be started, or `undefined`. */
export const pgbouncerUnavailableReason: string | undefined = existsSync(program)
  ? undefined
  : 'pgbouncer is not installed: apt-get install --no-install-recommends pgbouncer'

/** A PgBouncer in transaction mode in front of one database. */
export interface Pgbouncer extends AsyncDisposable {
  /** `postgres://…` of the same database through the pooler. */
  readonly url: string
}

/** @param url - the database, with name and password */
export async function startPgbouncer(url: string, poolSize = 10): Promise<Pgbouncer> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const database = pathname.slice(1)
  const folder = await mkdtemp(join(tmpdir(), 'pocket-pgbouncer-'))
  const ownPort = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
${database} = host=${hostname} port=${port} dbname=${database} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
`,
  )
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const path of [folder, file]) await chown(path, nobody, nobody)
  const args = isRoot ? ['-u', 'nobody', file] : [file]
  const running = await startProcess(program, args, { readyWhen: /process up/ })
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${ownPort}/${database}`,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}
