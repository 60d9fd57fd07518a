import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestCertificate } from './certificates.ts'
import { eventually } from './eventually.ts'
import { freePort, startProcess } from './process.ts'

const program = '/usr/sbin/slapd'
const modules = '/usr/lib/ldap'
const schemas = '/etc/ldap/schema'

/**
 * The reason why OpenLDAP's `slapd` cannot be started, or `undefined`. Tests that need it are skipped with this reason, see
 * `describeUnless`.
 */
export const slapdUnavailableReason: string | undefined = [
  program,
  `${modules}/back_mdb.so`,
  `${schemas}/core.schema`,
].every((path) => existsSync(path))
  ? undefined
  : 'slapd is not installed: apt-get install --no-install-recommends slapd'

/** The content and configuration of a directory. */
export interface SlapdOptions {
  /** Its entries, starting with the base; see `ldifEntry` and `generateLdif`. */
  readonly ldif: string
  /** Default: `dc=example,dc=com`. */
  readonly base?: string
  /** Enables `ldaps://` and StartTLS. */
  readonly tls?: TestCertificate
  /** The maximum number of entries per response, counted per page. Default: 500, as in slapd. */
  readonly sizeLimit?: number
  /** Whether it supports paging (RFC 2696). Default: yes. */
  readonly pages?: boolean
  /** Lines of `slapd.conf` before the database: definitions of attributes and classes, options. */
  readonly configuration?: string
}

/** A test's OpenLDAP server, removed with its data on disposal or when this process ends. */
export interface Slapd extends AsyncDisposable {
  /** `ldap://127.0.0.1:port` */
  readonly url: string
  /** `ldaps://127.0.0.1:port`; no server listens there without `tls`. */
  readonly tlsUrl: string
  /** `ldapi://…`, its socket. */
  readonly socketUrl: string
  readonly base: string
  /** An account with full access and no limits. */
  readonly administrator: { readonly dn: string; readonly password: string }
  /** Changes entries in the format of `ldapmodify` (RFC 2849). */
  modify(ldif: string): Promise<void>
  /** Kills the server and keeps its port unused. */
  kill(): Promise<void>
}

/**
 * Starts a server on free ports of 127.0.0.1. Entries are loaded offline, 20,000 of them within seconds.
 *
 * @throws Error with its output if it cannot run.
 */
export async function startSlapd(options: SlapdOptions): Promise<Slapd> {
  if (slapdUnavailableReason !== undefined) throw new Error(slapdUnavailableReason)
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-test-slapd-'))
    try {
      return await start(folder, options)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      // Another program may take the port first.
      if (attempt === 5 || !String(error).includes('Address already in use')) throw error
    }
  }
}

async function start(folder: string, options: SlapdOptions): Promise<Slapd> {
  const base = options.base ?? 'dc=example,dc=com'
  const administrator = { dn: `cn=admin,${base}`, password: 'secret' }
  const configuration = join(folder, 'slapd.conf')
  await writeFile(join(folder, 'data.ldif'), options.ldif)
  if (options.tls) {
    await writeFile(join(folder, 'key.pem'), options.tls.key, { mode: 0o600 })
    await writeFile(join(folder, 'cert.pem'), options.tls.cert)
  }
  await writeFile(configuration, buildConfiguration(folder, base, administrator, options), { mode: 0o600 })
  await promisify(execFile)('/usr/sbin/slapadd', ['-q', '-f', configuration, '-l', join(folder, 'data.ldif')])
  const url = `ldap://127.0.0.1:${await freePort()}`
  const tlsUrl = `ldaps://127.0.0.1:${await freePort()}`
  const socketUrl = `ldapi://${encodeURIComponent(join(folder, 'socket'))}`
  const urls = [url, socketUrl, ...(options.tls ? [tlsUrl] : [])].map((serverUrl) => `${serverUrl}/`).join(' ')
  // The shell waits for slapd to exit and removes its data, even if the test run was killed.
  const script = 'trap : TERM; folder=$1; shift; "$@" & wait $!; wait $!; rm -rf -- "$folder"'
  const command = [program, '-d', 'none', '-f', configuration, '-h', urls]
  const server = await startProcess('/bin/sh', ['-c', script, 'slapd', folder, ...command], {
    readyWhen: /slapd starting/,
  })
  // It reports readiness shortly before it listens.
  for (const serverUrl of options.tls ? [url, tlsUrl] : [url]) await waitUntilListening(Number(new URL(serverUrl).port))
  return {
    url,
    tlsUrl,
    socketUrl,
    base,
    administrator,
    async modify(ldif) {
      const file = join(folder, 'change.ldif')
      await writeFile(file, ldif)
      const bindOptions = ['-x', '-H', url, '-D', administrator.dn, '-w', administrator.password]
      await promisify(execFile)('ldapmodify', [...bindOptions, '-f', file])
    },
    async kill() {
      await server[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function waitUntilListening(port: number): Promise<void> {
  await eventually(async () => {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
    } finally {
      socket.destroy()
    }
  })
}

function buildConfiguration(
  folder: string,
  base: string,
  administrator: Slapd['administrator'],
  options: SlapdOptions,
): string {
  const tls = options.tls ? [`TLSCertificateFile ${folder}/cert.pem`, `TLSCertificateKeyFile ${folder}/key.pem`] : []
  return [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include ${schemas}/${name}.schema`),
    `modulepath ${modules}`,
    'moduleload back_mdb',
    `pidfile ${folder}/slapd.pid`,
    `sizelimit size.soft=${options.sizeLimit ?? 500} size.hard=${options.sizeLimit ?? 500} size.prtotal=unlimited`,
    ...tls,
    options.configuration ?? '',
    'database mdb',
    `suffix "${base}"`,
    `rootdn "${administrator.dn}"`,
    `rootpw ${administrator.password}`,
    ...(options.pages === false ? ['limits * size.prtotal=disabled'] : []),
    `directory ${folder}`,
    'maxsize 1073741824',
    'dbnosync',
    'index objectClass,uid,cn eq',
    '',
  ].join('\n')
}
