import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createTestDatabase } from '@pocket/test-support'
import type { CommandContext } from '../../src/cli/command.ts'
import { run } from '../../src/cli/run.ts'
import { type Config, loadConfig } from '../../src/composition/config.ts'
import { createLogger } from '../../src/logging/logger.ts'
import { type Instance, type Person, signInWithPasskey } from '../api/instance.ts'
import { openApp, preparePostgres, prepareSqlite } from '../http/app.ts'

export const encryptionKey = 'a key for tests that is long enough'

export interface CommandResult {
  readonly exit: number
  /** The output of the command, or the archive on standard output. */
  readonly stdout: Buffer
  readonly stderr: string
}

/** The answers of a user at a terminal. */
export type Terminal = Pick<CommandContext, 'confirm' | 'ask' | 'askSecret'> &
  Partial<Pick<CommandContext, 'print' | 'stop'>>

export const noTerminal: Terminal = {
  confirm: async () => undefined,
  ask: async () => undefined,
  askSecret: async () => undefined,
}

/** A folder and a database, as on a separate machine. */
export interface Machine extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
  readonly config: Config
  /** Runs a command in this process; `input` is its standard input. */
  run(args: readonly string[], input?: Buffer, terminal?: Terminal): Promise<CommandResult>
  /** The same machine with other variables. */
  with(variables: Readonly<Record<string, string>>): Omit<Machine, keyof AsyncDisposable>
  path(name: string): string
}

/** A machine whose server has started once, without users. */
export async function createMachine(kind: 'SQLite' | 'PostgreSQL'): Promise<Machine> {
  if (kind === 'PostgreSQL') return createEmptyMachine(kind, undefined, await preparePostgres())
  const machine = await createEmptyMachine(kind)
  await mkdir(machine.path('data'))
  await copyFile(await prepareSqlite(), machine.path('data/pocket-id.db'))
  return machine
}

export async function createEmptyMachine(
  kind: 'SQLite' | 'PostgreSQL',
  variables: Readonly<Record<string, string>> = { ENCRYPTION_KEY: encryptionKey },
  template?: string,
): Promise<Machine> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-machine-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database =
    kind === 'SQLite' ? join(folder, 'data', 'pocket-id.db') : stack.use(await createTestDatabase(template)).url
  // The data folder of PostgreSQL is relative to the working directory.
  const configOf = (env: Machine['env']) => ({
    ...loadConfig(env, () => Buffer.alloc(0)),
    dataFolder: join(folder, 'data'),
  })
  const machineWith = (env: Machine['env']): Omit<Machine, keyof AsyncDisposable> => ({
    env,
    config: configOf(env),
    path: (name) => join(folder, name),
    with: (changes) => machineWith({ ...env, ...changes }),
    async run(args, input = Buffer.alloc(0), terminal = noTerminal) {
      const stdout = new PassThrough()
      const errors: string[] = []
      const printed = buffer(stdout)
      const exit = await run(args, {
        version: '1.2.3',
        readConfig: () => configOf(env),
        // Commands run with the default APP_URL, whatever the port of the server.
        createApp: openApp,
        createLogger: (config) => createLogger(config, { write: (line) => void errors.push(line) }),
        print: (line) => stdout.write(`${line}\n`),
        printError: (line) => errors.push(`${line}\n`),
        showProgress: () => undefined,
        stdin: Readable.from([input]),
        stdout,
        stop: new AbortController().signal,
        ...terminal,
      })
      stdout.end()
      return { exit, stdout: await printed, stderr: errors.join('') }
    },
  })
  return {
    ...machineWith({ DB_CONNECTION_STRING: database, ...variables }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The status of a sign-in at a server with the passkey that was registered at another. */
export async function signIn(
  { agent, url }: Pick<Instance, 'agent' | 'url'>,
  { authenticator }: Pick<Person, 'authenticator'>,
) {
  const browser = agent()
  const result = await signInWithPasskey(browser, url, authenticator)
  return { browser, status: result.status }
}
