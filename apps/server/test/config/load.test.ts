import { networkInterfaces } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { type Config, InvalidConfigError, loadConfig } from '../../src/composition/config.ts'
import type { Environment } from '../../src/config/reader.ts'

const files: Readonly<Record<string, Buffer>> = {
  '/run/key': Buffer.from('sixteen bytes ok\n'),
  '/run/padded': Buffer.from('sixteen bytes ok\n\n'),
  '/run/binary': Buffer.from([0xff, 0xfe, ...Buffer.from('fourteen bytes'), 0x0d, 0x0a]),
  '/run/database': Buffer.from('postgres://pocket:s3cret@db/pocket\n'),
  '/run/empty': Buffer.from('\n'),
}

function readFile(path: string): Buffer {
  const content = files[path]
  if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
  return content
}

function load(environment: Environment): Config {
  return loadConfig(environment, readFile)
}

function problemsOf(environment: Environment): Readonly<Record<string, string>> {
  try {
    load(environment)
  } catch (error) {
    if (error instanceof InvalidConfigError)
      return Object.fromEntries(
        error.problems.map(({ variable, reason, remedy }) => [variable, `${reason}. ${remedy}`]),
      )
    throw error
  }
  return {}
}

test('accepts an empty environment', () => {
  expect(load({})).toMatchObject({
    appUrl: 'http://localhost:1411',
    host: '0.0.0.0',
    port: 1411,
    unixSocket: undefined,
    database: { kind: 'sqlite', path: 'data/pocket-id.db' },
    dataFolder: 'data',
    encryptionKey: undefined,
    logLevel: 'info',
    logJson: false,
    warnings: [],
  })
})

test('starts with the environment of an existing compose file', () => {
  const config = load({
    APP_URL: 'https://PocketID.example.com/',
    TRUST_PROXY: 'true',
    PUID: '1000',
    PGID: '1000',
    APP_ENV: 'production',
    DB_PROVIDER: 'postgres',
    DB_CONNECTION_STRING: 'postgres://pocket:secret@db:5432/pocket',
    MAXMIND_LICENSE_KEY: '',
    GEOLITE_DB_PATH: 'data/GeoLite2-City.mmdb',
    UI_CONFIG_DISABLED: 'true',
  })
  expect(config.appUrl).toBe('https://pocketid.example.com')
  expect(config.trustProxy('203.0.113.9')).toBe(true)
  expect(config.database).toEqual({ kind: 'postgres', url: 'postgres://pocket:secret@db:5432/pocket' })
  expect(config.dataFolder).toBe('data')
})

test('reports all problems and their remedies in one error', () => {
  const environment = {
    APP_URL: 'http://nas.local:1411',
    PORT: '70000',
    HOST: 'http://x',
    TRUST_PROXY: '10.0.0.0/33',
    DB_CONNECTION_STRING: 'mysql://db/pocket',
    ENCRYPTION_KEY: 'short',
    LOG_LEVEL: 'loud',
    LOG_JSON: 'maybe',
    UNIX_SOCKET_MODE: '999',
  }
  expect(Object.keys(problemsOf(environment)).sort()).toEqual(Object.keys(environment).sort())
  expect(() => load(environment)).toThrow(
    /APP_URL: .*only over https.* Put a reverse proxy .*https:\/\/nas\.local:1411\./,
  )
  expect(() => load(environment)).toThrow(/\n {2}PORT: "70000" is not a port\. Write a whole number from 1 to 65535\./)
})

describe('APP_URL', () => {
  test.each([
    ['https://ID.Example.com/', 'https://id.example.com'],
    ['https://id.example.com:8443', 'https://id.example.com:8443'],
    ['https://id.example.com:443', 'https://id.example.com'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://id.localhost', 'http://id.localhost'],
    ['  https://id.example.com  ', 'https://id.example.com'],
    ['', 'http://localhost:1411'],
  ])('interprets %s as %s', (input, expected) => {
    expect(load({ APP_URL: input }).appUrl).toBe(expected)
  })

  test.each([
    ['id.example.com', /not an http or https URL/],
    ['ftp://id.example.com', /not an http or https URL/],
    ['https://id.example.com/auth', /path.*Write https:\/\/id\.example\.com;/],
    ['https://id.example.com/?a=b', /query/],
    ['https://id.example.com/#/login', /fragment/],
    ['https://admin:s3cret@id.example.com', /user name or a password/],
    ['http://id.example.com', /only over https/],
    ['https://192.168.1.5', /IP address/],
    ['http://127.0.0.1:1411', /IP address/],
    ['https://[::1]', /IP address/],
  ])('rejects %s', (input, reason) => {
    const problem = problemsOf({ APP_URL: input }).APP_URL
    expect(problem).toMatch(reason)
    expect(problem).not.toContain('s3cret')
  })

  test('warns if PORT is set without APP_URL', () => {
    expect(load({ PORT: '3000' }).warnings).toEqual([expect.stringContaining('APP_URL')])
    expect(load({ PORT: '3000', APP_URL: 'http://localhost:3000' }).warnings).toEqual([])
  })
})

describe('TRUST_PROXY', () => {
  test.each([
    ['true', '203.0.113.9', true],
    ['1', '::1', true],
    ['false', '127.0.0.1', false],
    ['', '127.0.0.1', false],
    ['10.0.0.0/8, 192.168.1.5', '10.20.30.40', true],
    ['10.0.0.0/8, 192.168.1.5', '::ffff:10.20.30.40', true],
    ['10.0.0.0/8, 192.168.1.5', '192.168.1.5', true],
    ['10.0.0.0/8, 192.168.1.5', '192.168.1.6', false],
    ['10.0.0.0/8', 'fd00::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'not an address', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['samenet', '127.20.30.40', true],
    ['samenet', '203.0.113.9', false],
    ['samenet, 203.0.113.9', '203.0.113.9', true],
    ['::/0', '::ffff:192.0.2.1', false],
    ['::/0', '192.0.2.1', false],
    ['::/0', '2001:db8::1', true],
    ['127.0.0.1', '::ffff:7f00:1', true],
  ])('%s: trusts %s: %s', (input, peer, expected) => {
    expect(load({ TRUST_PROXY: input }).trustProxy(peer)).toBe(expected)
  })

  test('trusts every address of an interface with samenet', () => {
    const { trustProxy } = load({ TRUST_PROXY: 'samenet' })
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
    expect(addresses.length).toBeGreaterThan(0)
    expect(addresses.filter((address) => !trustProxy(address))).toEqual([])
  })

  test.each(['yes please', '10', '10.0.0.0/33', '10.0.0/8', ',', '10.0.0.1, proxy'])('rejects %s', (input) => {
    expect(problemsOf({ TRUST_PROXY: input }).TRUST_PROXY).toMatch(/Write true, false/)
  })
})

describe('DB_CONNECTION_STRING', () => {
  test.each([
    ['data/other.db', 'data/other.db', 'data'],
    ['/srv/pocket/id.db', '/srv/pocket/id.db', '/srv/pocket'],
    ['file:data/id.db', 'data/id.db', 'data'],
    ['file:///srv/a%20b/id.db', '/srv/a b/id.db', '/srv/a b'],
    ['file://localhost/srv/id.db', '/srv/id.db', '/srv'],
    ['C:\\data\\id.db', 'C:\\data\\id.db', '.'],
  ])('interprets %s as the SQLite file %s', (input, path, folder) => {
    const config = load({ DB_CONNECTION_STRING: input })
    expect(config.database).toEqual({ kind: 'sqlite', path })
    expect(config.dataFolder).toBe(folder)
    expect(config.warnings).toEqual([])
  })

  test.each(['file:data/id.db?_pragma=busy_timeout(5000)&_txlock=immediate', 'data/id.db?_txlock=immediate'])(
    'ignores the parameters of %s with a warning',
    (input) => {
      const { database, warnings } = load({ DB_CONNECTION_STRING: input })
      expect(database).toEqual({ kind: 'sqlite', path: 'data/id.db' })
      expect(warnings).toEqual([expect.stringMatching(/DB_CONNECTION_STRING: .*_txlock=immediate" is ignored/)])
    },
  )

  test.each(['postgres://u:p@db/x', 'postgresql://u:p@db/x?sslmode=disable'])('interprets %s as PostgreSQL', (url) => {
    expect(load({ DB_CONNECTION_STRING: url }).database).toEqual({ kind: 'postgres', url })
  })

  test.each([
    ['mysql://u:s3cret@db/x', /kind "mysql"/],
    ['sqlite:data/x.db', /kind "sqlite"/],
    ['postgres://u:s3/cret@db:port/x', /not a valid PostgreSQL URL/],
    ['postgres:db', /not a valid PostgreSQL URL/],
    ['postgres://u:p@ss/word@127.0.0.1:1/x', /not a valid PostgreSQL URL/],
    [':memory:', /does not name a file/],
    ['file::memory:', /does not name a file/],
    ['data/', /does not name a file/],
    ['file://server/share/x.db', /host "server"/],
    ['file:data/%zz', /valid file: URI/],
  ])('rejects %s without printing its password', (input, reason) => {
    const problem = problemsOf({ DB_CONNECTION_STRING: input }).DB_CONNECTION_STRING
    expect(problem).toMatch(reason)
    expect(problem).not.toContain('s3')
  })

  test.each([
    ['postgres', '', /postgres, but the default of DB_CONNECTION_STRING is the path of an SQLite file/],
    ['postgres', 'data/x.db', /postgres, but DB_CONNECTION_STRING is the path/],
    ['sqlite', 'postgres://db/x', /sqlite, but DB_CONNECTION_STRING is the URL of a PostgreSQL database/],
    ['mysql', '', /"mysql" is not a valid value/],
  ])('DB_PROVIDER=%s contradicts %s', (provider, connection, reason) => {
    const problems = problemsOf({ DB_PROVIDER: provider, DB_CONNECTION_STRING: connection })
    expect(Object.keys(problems)).toEqual(['DB_PROVIDER'])
    expect(problems.DB_PROVIDER).toMatch(reason)
  })

  test('accepts a provider that matches', () => {
    expect(load({ DB_PROVIDER: 'sqlite' }).database.kind).toBe('sqlite')
    expect(load({ DB_PROVIDER: 'Postgres', DB_CONNECTION_STRING: 'postgres://db/x' }).database.kind).toBe('postgres')
  })
})

describe('secrets', () => {
  test('are read from a file without its final newline', () => {
    expect(load({ ENCRYPTION_KEY_FILE: '/run/key' }).encryptionKey?.toString()).toBe('sixteen bytes ok')
    expect(load({ ENCRYPTION_KEY_FILE: '/run/padded' }).encryptionKey?.toString()).toBe('sixteen bytes ok\n')
    expect(load({ DB_CONNECTION_STRING_FILE: '/run/database' }).database.kind).toBe('postgres')
  })

  test('keep their bytes, even if they are not text', () => {
    expect(load({ ENCRYPTION_KEY_FILE: '/run/binary' }).encryptionKey).toEqual(files['/run/binary']?.subarray(0, 16))
  })

  test('can be given twice only with the same value', () => {
    const keyAndFile = (key: string) => ({ ENCRYPTION_KEY: key, ENCRYPTION_KEY_FILE: '/run/key' })
    expect(load(keyAndFile('sixteen bytes ok')).encryptionKey?.toString()).toBe('sixteen bytes ok')
    const problem = problemsOf(keyAndFile('sixteen bytes no')).ENCRYPTION_KEY
    expect(problem).toMatch(/another value\. Remove ENCRYPTION_KEY or ENCRYPTION_KEY_FILE/)
    expect(problem).not.toContain('sixteen')
  })

  test.each([
    ['/run/missing', /\/run\/missing", which cannot be read \(ENOENT/],
    ['/run/empty', /which is empty/],
  ])('in %s are reported as a problem', (path, reason) => {
    expect(problemsOf({ ENCRYPTION_KEY_FILE: path }).ENCRYPTION_KEY).toMatch(reason)
  })

  test('are not printed if they are too short', () => {
    const problem = problemsOf({ ENCRYPTION_KEY: 'fifteen bytes x' }).ENCRYPTION_KEY
    expect(problem).toMatch(/15 bytes.*at least 16 bytes/)
    expect(problem).not.toContain('fifteen')
  })
})

test('accepts a mode for a Unix socket, and ignores a mode without a socket', () => {
  expect(load({ UNIX_SOCKET: '/run/pocket.sock', UNIX_SOCKET_MODE: '0660' })).toMatchObject({
    unixSocket: '/run/pocket.sock',
    unixSocketMode: 0o660,
    warnings: [],
  })
  expect(load({ UNIX_SOCKET_MODE: '660' }).warnings).toEqual([expect.stringContaining('UNIX_SOCKET_MODE')])
})

test('explains the rollback to those who set ALLOW_DOWNGRADE of Pocket ID', () => {
  expect(load({ ALLOW_DOWNGRADE: 'true' }).warnings).toEqual([expect.stringContaining('run "pocket-id rollback"')])
  expect(load({ ALLOW_DOWNGRADE: 'false' }).warnings).toEqual([])
})

test('accepts several processes with PostgreSQL, and rejects them with SQLite', () => {
  expect(load({}).processes).toBe(1)
  const database = { DB_CONNECTION_STRING: 'postgres://pocket:secret@db/pocket' }
  expect(load({ WEB_CONCURRENCY: '4', ...database }).processes).toBe(4)
  expect(problemsOf({ WEB_CONCURRENCY: '2' })).toEqual({
    WEB_CONCURRENCY: expect.stringContaining('SQLite allows one process only'),
  })
  for (const value of ['0', '65', 'two'])
    expect(problemsOf({ WEB_CONCURRENCY: value, ...database }).WEB_CONCURRENCY).toMatch('not a number of processes')
})

test('accepts a list of hosts and networks as allowed private targets', () => {
  expect(load({}).allowedPrivateHosts).toEqual([])
  const hosts = ['nas.lan', '192.168.1.5', 'fd00::/8']
  expect(load({ ALLOWED_PRIVATE_HOSTS: ' nas.lan, 192.168.1.5,fd00::/8, ' }).allowedPrivateHosts).toEqual(hosts)
  expect(problemsOf({ ALLOWED_PRIVATE_HOSTS: 'nas.lan, http://nas.lan' })).toEqual({
    ALLOWED_PRIVATE_HOSTS: expect.stringContaining('"http://nas.lan" is neither'),
  })
})

test('allows plain HTTP callback URLs unless the environment forbids them', () => {
  expect(load({}).allowInsecureCallbackUrls).toBe(true)
  expect(load({ ALLOW_INSECURE_CALLBACK_URLS: 'false' }).allowInsecureCallbackUrls).toBe(false)
  expect(() => load({ ALLOW_INSECURE_CALLBACK_URLS: 'perhaps' })).toThrow('ALLOW_INSECURE_CALLBACK_URLS')
})

test('issues access tokens in the implicit flow only with ALLOW_IMPLICIT', () => {
  expect(load({}).allowImplicit).toBe(false)
  expect(load({ ALLOW_IMPLICIT: 'true' }).allowImplicit).toBe(true)
})

test('stores images in the database, a folder or S3', () => {
  expect(load({}).files).toEqual({ kind: 'database' })
  expect(load({ FILE_BACKEND: 'FileSystem' }).files).toEqual({ kind: 'filesystem', folder: 'data/uploads' })
  expect(load({ FILE_BACKEND: 'filesystem', UPLOAD_PATH: '/srv' }).files).toMatchObject({ folder: '/srv' })
  const s3 = { FILE_BACKEND: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' }
  expect(load({ ...s3, S3_ENDPOINT: 'minio.example.com:9000', S3_FORCE_PATH_STYLE: 'true' }).files).toEqual({
    kind: 's3',
    bucket: 'b',
    region: 'us-east-1',
    endpoint: 'https://minio.example.com:9000/',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    forcePathStyle: true,
    prefix: '',
  })
  expect(Object.keys(problemsOf({ FILE_BACKEND: 's3' }))).toEqual([
    'S3_BUCKET',
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
  ])
  expect(Object.keys(problemsOf({ FILE_BACKEND: 'cloud', S3_ENDPOINT: 'ftp://x' }))).toEqual([
    'FILE_BACKEND',
    'S3_ENDPOINT',
  ])
})

test('accepts a list of names as authorization details types', () => {
  expect(load({}).authorizationDetailsTypes).toEqual([])
  const types = 'payment_initiation, https://bank.example/type,payment_initiation'
  expect(load({ AUTHORIZATION_DETAILS_TYPES: types }).authorizationDetailsTypes).toEqual([
    'payment_initiation',
    'https://bank.example/type',
  ])
  expect(() => load({ AUTHORIZATION_DETAILS_TYPES: 'a,,b' })).toThrow('AUTHORIZATION_DETAILS_TYPES')
})

describe('OpenTelemetry', () => {
  test.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'http/json'],
  ])('rejects %s=%s', (name, value) => {
    const problems = problemsOf({ OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp', [name]: value })
    expect(problems).toEqual({ [name]: expect.stringContaining('http/protobuf') })
  })

  test('warns that logs are not sent to a collector', () => {
    expect(load({ OTEL_LOGS_EXPORTER: 'otlp' }).warnings).toEqual([expect.stringContaining('standard output')])
  })
})
