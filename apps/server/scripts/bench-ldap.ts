import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { databaseOf } from '@pocket/core/internal/sql'
import { typeormStores } from '@pocket/core/typeorm'
import { createDirectory, type LdapChanges, type LdapHost, type LdapOptions, ldapSource } from '@pocket/directory'
import { isEmptyPlan } from '@pocket/directory/internal'
import { directoryStores } from '@pocket/directory/typeorm'
import { generateLdif, startPostgres, startSlapd } from '@pocket/test-support'
import { createBulkAuditLog } from '../src/audit-log/audit-log.ts'
import { loadConfig } from '../src/composition/config.ts'
import { openDatabase } from '../src/composition/open-database.ts'
import { eventsOf } from '../src/ldap/audit.ts'
import { ldapRulesOf } from '../src/ldap/ldap-settings.ts'
import { createLogger } from '../src/logging/logger.ts'
import { defaultValues } from '../src/settings/definitions.ts'

// Program: imports users and groups from a temporary slapd, and prints the time and the statements of the first run, of an
// unchanged one, and of one after a few changes, separately for reading, planning and applying; applying includes audit events.
// BENCH_USERS sets the number of users (20,000), BENCH_GROUPS the number of groups of twenty (2,000). Uses SQLite; --postgres
// starts a temporary PostgreSQL.

const users = Number(process.env.BENCH_USERS ?? 20_000)
const groups = Number(process.env.BENCH_GROUPS ?? 2000)
const clock = { now: () => Date.now() }

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pocket-bench-'))
stack.defer(() => rm(folder, { recursive: true, force: true }))
const onPostgres = process.argv.includes('--postgres')
const url = onPostgres ? stack.use(await startPostgres()).url : join(folder, 'pocket-id.db')
const env = {
  APP_URL: 'http://localhost:1411',
  DB_CONNECTION_STRING: url,
  ENCRYPTION_KEY: 'a key for benchmarks that is long enough',
}
const config = loadConfig(env, () => Buffer.alloc(0))
const { dataSource, auditLog } = stack.use(await openDatabase(config, createLogger(config, { write: () => {} })))
const database = databaseOf(dataSource)
const { transaction } = typeormStores(dataSource)
const directory = createDirectory({ ...directoryStores(dataSource, clock), transaction, clock })
const slapd = stack.use(await startSlapd({ ldif: generateLdif({ users, groups }) }))

const options: LdapOptions = {
  url: slapd.url,
  base: slapd.base,
  bindDn: `uid=reader,${slapd.base}`,
  bindPassword: 'secret',
  userFilter: '(objectClass=inetOrgPerson)',
  attributes: {
    userId: 'entryUUID',
    userName: 'uid',
    email: 'mail',
    firstName: 'givenName',
    lastName: 'sn',
    displayName: 'cn',
    groupId: 'entryUUID',
    groupName: 'cn',
  },
}
const rules = {
  ...ldapRulesOf(defaultValues),
  mapped: { email: true, firstName: true, lastName: true, displayName: true, picture: false },
}
const recordMany = createBulkAuditLog(auditLog, {
  log: { record: async () => {} },
  locationOf: () => ({ country: '', city: '' }),
  clock,
})
const host: LdapHost = { onApplied: (applied: LdapChanges) => recordMany(eventsOf(applied)) }
const { signal } = new AbortController()

let statements = 0
const { query, execute } = database
Object.assign(database, {
  query: (...call: Parameters<typeof query>) => {
    statements++
    return query.apply(database, call)
  },
  execute: (...call: Parameters<typeof execute>) => {
    statements++
    return execute.apply(database, call)
  },
})

print(`${users} users, ${groups} groups, ${onPostgres ? 'PostgreSQL' : 'SQLite'}`)
await run('first run')
await run('unchanged')
const changes = Array.from(
  { length: 10 },
  (_, n) => `dn: uid=user${n},ou=people,${slapd.base}\nchangetype: modify\nreplace: sn\nsn: Changed\n`,
)
await slapd.modify(changes.join('\n'))
await run('ten changed')

async function run(label: string): Promise<void> {
  const [entries, readTime] = await measure(() => ldapSource(options).read(signal))
  const [plan, planTime] = await measure(() => directory.ldap.plan(entries, rules, signal))
  const [outcome, applyTime] = await measure(() => directory.ldap.apply(plan, host, signal))
  const { created, changed, groupsCreated, membersAdded } = outcome.counts
  print(
    `${label}: ${isEmptyPlan(plan) ? 'nothing to do' : `${created} created, ${changed} changed, ${groupsCreated} groups, ${membersAdded} memberships`}`,
  )
  print(`  reading LDAP ${readTime}; planning ${planTime}; applying ${applyTime}`)
}

async function measure<T>(work: () => Promise<T>): Promise<[T, string]> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  await setTimeout(20)
  statements = 0
  const started = performance.now()
  const value = await work()
  const seconds = ((performance.now() - started) / 1000).toFixed(2)
  await setTimeout(20)
  delay.disable()
  return [
    value,
    `${seconds} s, ${statements} statements, the event loop was blocked for ${(delay.max / 1e6).toFixed(0)} ms at most`,
  ]
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
