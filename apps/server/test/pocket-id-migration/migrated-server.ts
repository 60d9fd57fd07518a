import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { createTestDatabase, freePort } from '@pocket/test-support'
import { startProgram } from '../program.ts'
import { facts } from './fixture.ts'

export type TargetDatabase = 'SQLite' | 'PostgreSQL'

/** An empty target, the command and the server, as real processes. */
export async function createTarget(kind: TargetDatabase) {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-target-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const keyFile = join(folder, 'old-key')
  await writeFile(keyFile, `${facts.encryptionKey}\n`)
  const database = kind === 'PostgreSQL' ? stack.use(await createTestDatabase()).url : join(folder, 'data/pocket-id.db')
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const env = {
    APP_URL: url,
    PORT: port,
    HOST: '127.0.0.1',
    DB_CONNECTION_STRING: database,
    ENCRYPTION_KEY: 'a key for tests that is long enough',
    DISABLE_RATE_LIMITING: 'true',
    // The audit log is as old as the fixture.
    AUDIT_LOG_RETENTION_DAYS: '36500',
    STATIC_API_KEY: 'a static API key for tests',
  }
  /** Starts a command. */
  const spawn = (args: readonly string[], own: Readonly<Record<string, string>>, nodeFlags: readonly string[] = []) =>
    startProgram(args, { cwd: folder, env: { ...env, ...own } }, nodeFlags)
  const run = async (
    nodeFlags: readonly string[],
    args: readonly string[],
    own: Readonly<Record<string, string>> = {},
  ) => {
    await using command = await spawn(args, own, nodeFlags)
    return { exit: await command.exit, output: command.output() }
  }
  const disposables = stack.move()
  return {
    url,
    env,
    keyFile,
    folder,
    run,
    spawn,
    /** Runs a command and resolves to its exit code and its output. */
    command: (...args: readonly string[]) => run([], args),
    migrate(source: string, ...options: readonly string[]) {
      return this.command('migrate-from-pocket-id', source, '--encryption-key-file', keyFile, ...options)
    },
    start: (own: Readonly<Record<string, string>> = {}, readyWhen = /Listening on/, preload: readonly string[] = []) =>
      startProgram([], { cwd: folder, env: { ...env, ...own }, readyWhen }, preload),
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

type Options = Parameters<SoftwareAuthenticator['get']>[0]
type Passkey = (typeof facts.users)[number]['passkeys'][number]

/** The authenticator that holds a passkey of the fixture. */
function authenticatorOf(passkey: Passkey): SoftwareAuthenticator {
  const { backupEligibility: backupEligible, backupState: backedUp } = passkey
  const authenticator = new SoftwareAuthenticator({ backupEligible, backedUp })
  authenticator.import({
    id: toBase64url(passkey.credentialId),
    rpId: passkey.rpId,
    userHandle: toBase64url(passkey.userHandle),
    userName: '',
    privateKey: Buffer.from(passkey.privateKey, 'base64'),
  })
  return authenticator
}

function toBase64url(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url')
}

/** Signs in with a passkey; `agent` then has the session. */
export async function signIn(url: string, passkey: Passkey, agent = new UserAgent()) {
  const options = (await agent.getJson(`${url}/api/webauthn/login/start`)).json() as Options
  const response = authenticatorOf(passkey).get(options, { origin: url })
  const result = await agent.postJson(`${url}/api/webauthn/login/finish`, response)
  return { agent, status: result.status, user: result.json() as { readonly id: string; readonly username: string } }
}

/** The passkeys of a user of the fixture. */
export function passkeysOf(username: string): readonly Passkey[] {
  return facts.users.find((user) => user.username === username)?.passkeys ?? []
}
