import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createPerson, type Operation, operations, weights } from './operations.ts'
import { type MeasuredSubject, startBaseline, startServer } from './subjects.ts'

const usage = `Measures the CPU time of the server beside the baseline: oidc-provider and SimpleWebAuthn alone, in memory.
Runs on Linux, after pnpm run build. The rounds alternate between the subjects, so that a busy machine affects all alike.
Both sign with RS256. The server logs each request to a pipe, as in a container; the baseline logs nothing.

  --rounds N         measured rounds of each operation and subject (default 5)
  --warm N           rounds before them, until the CPU time of an operation no longer falls (default 6)
  --users N          users at once for each process (default 8)
  --times N          logins of each user in a round, and a multiple of the cheaper operations (default 20)
  --only A,B         subjects: SQLite, PostgreSQL, two (PostgreSQL in two processes)
  --operations A,B   login and any of ${operations.slice(1).join(', ')}
  --growth N         repeats the logins on PostgreSQL with N more artifacts and N / 10 more users
  --profile FOLDER   writes a CPU profile of each subject and operation in the last round, in this order
  --json FILE        also writes the figures as JSON`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    warm: { type: 'string', default: '6' },
    users: { type: 'string', default: '8' },
    times: { type: 'string', default: '20' },
    only: { type: 'string', default: 'SQLite,PostgreSQL,two' },
    operations: { type: 'string', default: operations.join() },
    growth: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(usage)
  process.exit()
}
const rounds = Number(values.rounds)
const warm = Number(values.warm)
const times = Number(values.times)
const selectedOperations = operations.filter((operation) => values.operations.split(',').includes(operation))
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true })
const options = {
  processes: 1,
  users: Number(values.users),
  ...(values.profile !== undefined && { profile: resolve(values.profile) }),
}
const starts: Readonly<Record<string, () => Promise<MeasuredSubject>>> = {
  SQLite: () => startServer('SQLite', options),
  PostgreSQL: () => startServer('PostgreSQL', options),
  two: () => startServer('PostgreSQL', { ...options, processes: 2 }),
}

interface OperationCost {
  /** CPU milliseconds of an operation, medians of the rounds. */
  readonly server: number
  readonly database: number
}

const logProgress = (text: string) => process.stderr.write(`${text}\n`)
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/** Milliseconds of each of the subject's processes for one operation. */
async function measure(subject: MeasuredSubject, people: ReturnType<typeof createPerson>[], operation: Operation) {
  const before = subject.cpu()
  await Promise.all(
    people.map(async (person) => {
      for (let count = 0; count < times * weights[operation]; count++) await person[operation]()
    }),
  )
  const after = subject.cpu()
  const number = times * weights[operation] * people.length
  return { server: (after.server - before.server) / number, database: (after.database - before.database) / number }
}

/** Copies a user, a passkey and an access token: a tenth as many users as access tokens. */
async function growDatabase(url: string, artifacts: number): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await using stack = new AsyncDisposableStack()
  stack.defer(() => client.end())
  const people = Math.ceil(artifacts / 10)
  const copy = async (table: string, changes: Readonly<Record<string, string>>, count: number, condition = 'true') => {
    const { rows } = await client.query('SELECT column_name FROM information_schema.columns WHERE table_name = $1', [
      table,
    ])
    const columns: string[] = rows.map((row) => row.column_name)
    const values = columns.map((column) => changes[column] ?? `one.${column}`)
    await client.query(`INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')}
      FROM (SELECT * FROM ${table} WHERE ${condition} LIMIT 1) AS one, generate_series(1, ${count}) AS number`)
  }
  const person = (number: string) => `md5((${number})::text)::uuid::text`
  const name = "'person' || number"
  const email = `${name} || '@example.com'`
  const userColumns = {
    user_name: name,
    user_name_key: name,
    email,
    email_key: email,
    search_key: name,
    display_name: name,
  }
  await copy('pocket_user', { ...userColumns, id: person('number'), created_at: 'one.created_at + number' }, people)
  const passkeyColumns = { id: person('number'), account_id: person('number'), credential_id: person('-number') }
  await copy('pocket_passkey', passkeyColumns, people)
  const key = 'left(md5(number::text) || md5(number::text), 43)'
  const artifactColumns = { key, grant_id: person('number'), account_id: person(`number % ${people}`), uid: 'NULL' }
  await copy('pocket_artifact', artifactColumns, artifacts, "model = 'AccessToken'")
  await client.query('ANALYZE')
}

await using stack = new AsyncDisposableStack()
const baseline = stack.use(await startBaseline(options))
const subjects = [baseline]
for (const name of values.only.split(',')) {
  logProgress(`Starting ${name}`)
  const start = starts[name]
  if (!start) throw new Error(`Unknown subject ${name}.\n\n${usage}`)
  subjects.push(stack.use(await start()))
}
const people = new Map(
  subjects.map((subject) => [subject, subject.authenticators.map((one) => createPerson(subject, one))]),
)
const idle = new Map(subjects.map((subject) => [subject, subject.memory()]))

async function runBenchmark(measured: readonly MeasuredSubject[], selected: readonly Operation[]) {
  const found = new Map<string, OperationCost[]>()
  for (let round = 1 - warm; round <= rounds; round++) {
    const line: string[] = []
    for (const operation of selected)
      for (const subject of measured) {
        const isProfiled = round === rounds && values.profile !== undefined
        if (isProfiled) subject.toggleProfile()
        const figure = await measure(subject, people.get(subject) ?? [], operation)
        if (isProfiled) subject.toggleProfile()
        const key = `${operation} ${subject.name}`
        if (round > 0) found.set(key, [...(found.get(key) ?? []), figure])
        line.push(figure.server.toFixed(2))
      }
    logProgress(`${round > 0 ? `Round ${round} of ${rounds}` : 'Warming up'}: ${line.join(' ')}`)
  }
  return (operation: Operation, { name }: MeasuredSubject): OperationCost => {
    const figures = found.get(`${operation} ${name}`) ?? []
    return {
      server: median(figures.map(({ server }) => server)),
      database: median(figures.map(({ database }) => database)),
    }
  }
}

const figureOf = await runBenchmark(subjects, selectedOperations)
const ratio = (value: number, base: number) => Number((value / base).toFixed(2))
const table = selectedOperations.map((operation) => {
  const base = figureOf(operation, baseline).server
  return Object.fromEntries([
    ['operation', operation],
    ...subjects.flatMap((subject) => {
      const { server, database } = figureOf(operation, subject)
      return [
        [subject.name, subject === baseline ? `${base.toFixed(2)} ms` : ratio(server, base)],
        ...(database > 0 ? [[`${subject.name}: database`, ratio(database, base)]] : []),
      ]
    }),
  ])
})
const memory = subjects.map((subject) => ({
  subject: subject.name,
  'idle MB': Math.round(idle.get(subject) ?? 0),
  'loaded MB': Math.round(subject.memory()),
}))

const growth: { readonly artifacts: number; readonly ratio: number }[] = []
const onPostgres = subjects.find(({ database }) => database !== undefined)
if (values.growth !== undefined && onPostgres?.database !== undefined) {
  const artifacts = Number(values.growth)
  logProgress(`Adding ${artifacts} artifacts and ${Math.ceil(artifacts / 10)} users`)
  await growDatabase(onPostgres.database, artifacts)
  const costBeside = (figure: typeof figureOf) => {
    const { server, database } = figure('login', onPostgres)
    return (server + database) / figure('login', baseline).server
  }
  const after = await runBenchmark([baseline, onPostgres], ['login'])
  growth.push({ artifacts, ratio: ratio(costBeside(after), costBeside(figureOf)) })
}

const machine = {
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  kernel: release(),
  node: process.version,
}
console.log(machine)
console.log('CPU time of the server; the baseline in milliseconds, the others as ratios to it:')
console.table(table)
console.table(memory)
if (growth.length > 0) console.table(growth)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, rounds, times, table, memory, growth }, null, 1)}\n`)
