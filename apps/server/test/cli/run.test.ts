import { describe, expect, test } from '@jest/globals'
import { ConfigurationError, NotFoundError, UnavailableError } from '@pocket/core/errors'
import type { CommandContext, Instance } from '../../src/cli/command.ts'
import { run } from '../../src/cli/run.ts'
import { type Config, loadConfig } from '../../src/composition/config.ts'
import { createLogger } from '../../src/logging/logger.ts'
import { commandContext } from './command-context.ts'

interface CommandFixture {
  readonly context: CommandContext
  readonly printed: string[]
  readonly complained: string[]
  readonly logged: string[]
  readonly done: string[]
}

/** The environment of the program, simulated by the test. `done` records the calls on the instance in order. */
function createCommandFixture(changes: Partial<CommandContext> = {}, instance: Partial<Instance> = {}): CommandFixture {
  const [printed, complained, logged, done]: [string[], string[], string[], string[]] = [[], [], [], []]
  const app: Instance = {
    lockLost: new AbortController().signal,
    canShare: async () => undefined,
    drain: async () => void done.push('draining'),
    async listen() {
      done.push('listening')
      return { url: 'https://id.example.com', setUp: { url: 'https://id.example.com/login/setup', migration: null } }
    },
    issueBreakGlassCode: async () => ({ code: 'AB3D-EF4H-JK5M-NP6Q', url: 'https://id.example.com/lc' }),
    async issueLoginCode(name) {
      done.push(`code for ${name}`)
      return { url: 'https://id.example.com/lc/ABC234', expiresAt: 1_700_000_000_000 }
    },
    listPasskeys: async () => [{ id: '1', name: 'Old phone' }],
    async removePasskey(name, id) {
      done.push(`${id} of ${name} removed`)
      return { name: 'Old phone', reviewUrl: 'https://id.example.com/review' }
    },
    async rotateKeys({ algorithm = 'all', immediately = false }) {
      done.push(`rotated ${algorithm}${immediately ? ' immediately' : ''}`)
      return [{ algorithm: 'RS256', kid: 'the-kid', signsFrom: 1_700_000_000_000 }]
    },
    diagnose: async () => [],
    configuration: {
      dryRun: async () => ({ outcome: 'current', changes: [] }),
      apply: async () => ({ outcome: 'current', changes: [] }),
      export: async () => ({}),
    },
    verifyAuditLog: async () => ({ batches: 0, entries: 0, head: null, isExpectedFound: true, broken: [] }),
    measure: async () => ({ pool: undefined, emails: {} }),
    callApi: async () => ({ status: 404, body: undefined, etag: undefined }),
    async [Symbol.asyncDispose]() {
      done.push('disposed')
    },
    ...instance,
  }
  const context = commandContext({
    // Any existing file represents the database, because only the commands check for one.
    readConfig: () => loadConfig({ DB_CONNECTION_STRING: import.meta.filename }, () => Buffer.alloc(0)),
    createApp: async () => app,
    createLogger: (config: Config) => createLogger(config, { write: (line) => logged.push(line) }),
    print: (line) => printed.push(line),
    printError: (line) => complained.push(line),
    ...changes,
  })
  return { context, printed, complained, logged, done }
}

describe('without an argument', () => {
  test('runs the server until it is asked to stop, and logs its URL', async () => {
    const stop = new AbortController()
    const world = createCommandFixture(
      { stop: stop.signal },
      {
        async listen() {
          setImmediate(() => stop.abort())
          return {
            url: 'https://id.example.com',
            setUp: { url: 'https://id.example.com/login/setup', migration: null },
          }
        },
      },
    )
    expect(await run([], world.context)).toBe(0)
    expect(world.logged.join('')).toMatch(/1\.2\.3\n.*Listening on port 1411; .*https:\/\/id\.example\.com\n/)
    expect(world.logged.join('')).toContain('https://id.example.com/login/setup')
    expect(world.done).toEqual(['disposed'])
  })

  test('does not log the set-up page after the set-up', async () => {
    const listen = async () => ({ url: 'https://id.example.com', setUp: null })
    const stop = new AbortController()
    const world = createCommandFixture(
      { stop: stop.signal },
      {
        listen: async () => {
          setImmediate(() => stop.abort())
          return listen()
        },
      },
    )
    await run([], world.context)
    expect(world.logged.join('')).toContain('Listening')
    expect(world.logged.join('')).not.toContain('setup')
  })

  test('stops if it is aborted during the start', async () => {
    const world = createCommandFixture({ stop: AbortSignal.abort() })
    expect(await run([], world.context)).toBe(0)
    expect(world.done).toEqual(['disposed'])
  })

  test('logs warnings of the configuration', async () => {
    const readConfig = () => loadConfig({ PORT: '3000' }, () => Buffer.alloc(0))
    const world = createCommandFixture({ readConfig, stop: AbortSignal.abort() })
    await run([], world.context)
    expect(world.logged.join('')).toMatch(/WARN {2}APP_URL is not set/)
  })

  test('stops on an invalid configuration before anything starts', async () => {
    const readConfig = () => loadConfig({ PORT: 'x', APP_URL: 'y' }, () => Buffer.alloc(0))
    const world = createCommandFixture({ readConfig })
    expect(await run([], world.context)).toBe(1)
    expect(world.complained.join('\n')).toMatch(/APP_URL: [\s\S]*PORT: /)
    expect(world.done).toEqual([])
    expect(world.logged).toEqual([])
  })

  test.each([
    ['EADDRINUSE', /Another program is already listening on port 1411/],
    ['EACCES', /must not listen on port 1411/],
    ['EADDRNOTAVAIL', /no address 0\.0\.0\.0/],
  ])('explains %s and releases its resources', async (code, reason) => {
    const listen = () => Promise.reject(Object.assign(new Error(code), { code }))
    const world = createCommandFixture({}, { listen })
    expect(await run([], world.context)).toBe(1)
    expect(world.complained.join('\n')).toMatch(reason)
    expect(world.done).toEqual(['disposed'])
  })
})

describe('one-time-access-token', () => {
  test('prints only the URL and its expiry', async () => {
    const world = createCommandFixture()
    expect(await run(['one-time-access-token', 'tim'], world.context)).toBe(0)
    expect(world.printed).toEqual([
      'https://id.example.com/lc/ABC234',
      'It works once, until 2023-11-14T22:13:20.000Z.',
    ])
    expect(world.logged).toEqual([])
    expect(world.done).toEqual(['code for tim', 'disposed'])
  })

  test('creates no database if none exists', async () => {
    const readConfig = () => loadConfig({ DB_CONNECTION_STRING: '/nowhere/pocket-id.db' }, () => Buffer.alloc(0))
    const world = createCommandFixture({ readConfig })
    expect(await run(['one-time-access-token', 'tim'], world.context)).toBe(1)
    expect(world.complained.join()).toContain('There is no database at /nowhere/pocket-id.db')
    expect(world.done).toEqual([])
  })

  test('reports an unknown user', async () => {
    const issueLoginCode = () =>
      Promise.reject(new NotFoundError('account_not_found', 'There is no user with the name tim.'))
    const world = createCommandFixture({}, { issueLoginCode })
    expect(await run(['one-time-access-token', 'tim'], world.context)).toBe(1)
    expect(world.complained).toEqual(['There is no user with the name tim.'])
    expect(world.done).toEqual(['disposed'])
  })

  test.each([[[]], [['a', 'b']], [['--name']]])('rejects the name %j', async (args) => {
    const world = createCommandFixture()
    expect(await run(['one-time-access-token', ...args], world.context)).toBe(2)
    expect(world.complained.join('\n')).toMatch(/^error: .*\n\(add --help for usage\)$/)
    expect(world.done).toEqual([])
  })
})

describe('key-rotate', () => {
  test.each([
    [['--yes'], 'rotated all'],
    [['-y', '-a', 'ES256'], 'rotated ES256'],
    [['-y', '--alg', 'EdDSA', '--crv', 'Ed25519'], 'rotated EdDSA'],
    [['-y', '-a', 'EdDSA', '-c', 'Ed25519', '--now'], 'rotated EdDSA immediately'],
  ])('%j replaces keys, and prints the new signing key and its start', async (args, rotated) => {
    const world = createCommandFixture()
    expect(await run(['key-rotate', ...args], world.context)).toBe(0)
    expect(world.printed).toEqual(['RS256: the-kid signs from 2023-11-14T22:13:20.000Z on.'])
    expect(world.done).toEqual([rotated, 'disposed'])
  })

  test.each([
    [true, ['rotated all', 'disposed'], 0],
    [false, [], 1],
    [undefined, [], 2],
  ])('rotates all keys only after a confirmation: %s', async (result, done, code) => {
    const requests: string[] = []
    const world = createCommandFixture({
      confirm: async (question) => {
        requests.push(question)
        return result
      },
    })
    expect(await run(['key-rotate'], world.context)).toBe(code)
    expect(requests).toEqual(['Replace the signing keys?'])
    expect(world.done).toEqual(done)
  })

  test.each([
    [['-a', 'RS384'], 'Allowed choices are RS256, PS256, ES256, EdDSA'],
    [['-a', 'ES256', '-c', 'Ed25519'], '--crv requires --alg EdDSA'],
    [['-a', 'EdDSA', '-c', 'Ed448'], 'Allowed choices are Ed25519'],
    [['--other'], "unknown option '--other'"],
    [['--yess'], 'Did you mean --yes?'],
    [['RS256'], 'too many arguments'],
  ])('rejects %j', async (args, reason) => {
    const world = createCommandFixture()
    expect(await run(['key-rotate', '-y', ...args], world.context)).toBe(2)
    expect(world.complained.join('\n')).toContain(reason)
    expect(world.done).toEqual([])
  })
})

test.each(['help', '--help', '-h'])('%s lists every command', async (name) => {
  const world = createCommandFixture()
  expect(await run([name], world.context)).toBe(0)
  for (const command of ['healthcheck', 'key-rotate', 'one-time-access-token', 'version', 'help'])
    expect(world.printed.join('\n')).toMatch(new RegExp(`^  ${command}( |$)`, 'm'))
  expect(world.printed.join('\n')).toContain('Exit codes: 0 success; 1 failure; 2 ')
})

test.each(['version', '--version', '-v'])('%s prints the version without a configuration', async (name) => {
  const readConfig = () => {
    throw new ConfigurationError('nothing is configured')
  }
  const world = createCommandFixture({ readConfig })
  expect(await run([name], world.context)).toBe(0)
  expect(world.printed).toEqual(['pocket-id 1.2.3'])
})

test.each(['bogus', '--bogus', 'constructor', ''])('rejects the unknown command "%s"', async (name) => {
  const world = createCommandFixture()
  expect(await run([name], world.context)).toBe(2)
  expect(world.complained.join('\n')).toMatch(/^error: unknown (command|option)/)
})

test('prints the stack of an unexpected error', async () => {
  const createApp = () => Promise.reject(new TypeError('x is not a function'))
  const world = createCommandFixture({ createApp })
  expect(await run([], world.context)).toBe(1)
  expect(world.complained.join('\n')).toMatch(/unexpected error[\s\S]*TypeError: x is not a function\n\s+at /)
})

test.each([
  [Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), 'The output was closed before it was complete.'],
  [
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
    'ENOSPC: no space left on device, write',
  ],
  [
    new UnavailableError('The database cannot be used at the moment.', {
      cause: new Error('database or disk is full'),
    }),
    'The database cannot be used at the moment: database or disk is full.',
  ],
])('prints the cause of a system error without a stack: %s', async (error, line) => {
  const world = createCommandFixture({ createApp: () => Promise.reject(error) })
  expect(await run([], world.context)).toBe(1)
  expect(world.complained).toEqual([line])
})

test('replaces a break-glass code only after a confirmation', async () => {
  const world = createCommandFixture()
  expect(await run(['break-glass-code', 'ada'], world.context)).toBe(2)
  expect(world.printed).toEqual([])
  expect(await run(['break-glass-code', 'ada', '--yes'], world.context)).toBe(0)
  expect(world.printed[0]).toBe('AB3D-EF4H-JK5M-NP6Q')
})

test('audit verify fails if a batch is broken, and names it', async () => {
  const broken = { number: 2, from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T01:00:00.000Z' }
  const verified = { batches: 3, entries: 5, head: 'hash', isExpectedFound: true }
  const world = createCommandFixture(
    {},
    { verifyAuditLog: async () => ({ ...verified, broken: [{ ...broken, problem: 'entries_missing' }] }) },
  )
  expect(await run(['audit', 'verify'], world.context)).toBe(1)
  expect(world.complained).toEqual(['The audit log was changed.'])
  expect(world.printed[0]).toBe('batch 2, 2026-11-01T00:00:00.000Z to 2026-11-01T01:00:00.000Z: entries missing')
})

describe('passkey-remove', () => {
  test('lists the passkeys of a user and removes one', async () => {
    const world = createCommandFixture()
    expect(await run(['passkey-remove', 'ada'], world.context)).toBe(0)
    expect(world.printed).toEqual(['1  Old phone'])
    expect(await run(['passkey-remove', 'ada', '1'], world.context)).toBe(2)
    expect(world.done).not.toContain('1 of ada removed')
    expect(await run(['passkey-remove', 'ada', '1', '--yes'], world.context)).toBe(0)
    expect(world.done).toContain('1 of ada removed')
    expect(world.printed.at(-1)).toBe('Review the credentials created in them: https://id.example.com/review')
  })
})
