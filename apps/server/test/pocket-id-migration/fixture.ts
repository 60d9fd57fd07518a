import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createTestDatabase } from '@pocket/test-support'
import { Client } from 'pg'
import { openArchive } from '../../src/pocket-id-migration/source/archive.ts'

// An instance that Pocket ID 2.14.0 created. `facts.json` contains its secrets in plain text; they are used nowhere else.

const folder = fileURLToPath(new URL('../fixtures/pocket-id-2.14', import.meta.url))
const archive = join(folder, 'export.zip')

interface FixturePasskey {
  readonly credentialId: string
  readonly rpId: string
  readonly privateKey: string
  readonly userHandle: string
  readonly backupEligibility: boolean
  readonly backupState: boolean
}

interface Secret {
  readonly value: string
  readonly alg: 'sha256' | 'bcrypt'
  readonly works: boolean
}

interface Facts {
  readonly appUrl: string
  readonly encryptionKey: string
  readonly signingKey: { readonly kid: string; readonly jwks: { readonly keys: readonly object[] } }
  readonly users: readonly {
    readonly username: string
    readonly sub: string
    readonly passkeys: readonly FixturePasskey[]
  }[]
  readonly clients: readonly { readonly id: string; readonly secrets: readonly Secret[] }[]
  readonly apiKeys: readonly { readonly token: string; readonly works: boolean }[]
  readonly signupTokens: readonly {
    readonly id: string
    readonly token: string
    readonly usageLimit: number
    readonly usageCount: number
    readonly groups: readonly string[]
    readonly expiresAt: string
  }[]
  readonly oneTimeCodes: readonly { readonly user: string; readonly code: string; readonly expiresAt: string }[]
  readonly settings: Readonly<Record<string, string>>
  readonly tokens: Readonly<Record<string, string>>
}

export const facts: Facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8'))

export type SourceForm = 'archive' | 'SQLite' | 'PostgreSQL'

export interface FixtureSource extends AsyncDisposable {
  /** The arguments of the command. */
  readonly source: string
  /** The hashes of all files of the source, by name. */
  hashes(): Promise<Readonly<Record<string, string>>>
}

/** One form of the instance, in a separate folder. */
export async function createSource(form: SourceForm): Promise<FixtureSource> {
  await using stack = new AsyncDisposableStack()
  const path = await mkdtemp(join(tmpdir(), 'pocket-source-'))
  stack.defer(() => rm(path, { recursive: true, force: true }))
  const source = await fillSource(form, path, stack)
  const disposables = stack.move()
  return { source, hashes: () => hashFiles(path), [Symbol.asyncDispose]: () => disposables.disposeAsync() }
}

async function fillSource(form: SourceForm, path: string, stack: AsyncDisposableStack): Promise<string> {
  if (form === 'archive') {
    await writeFile(join(path, 'export.zip'), await readFile(archive))
    return join(path, 'export.zip')
  }
  if (form === 'SQLite') {
    await writeFile(join(path, 'pocket-id.db'), await unzip('pocket-id.db.gz'))
    await writePictures(path)
    return join(path, 'pocket-id.db')
  }
  const { url } = stack.use(await createTestDatabase())
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query((await unzip('postgres.sql.gz')).toString('utf8'))
  await client.end()
  return url
}

async function unzip(name: string): Promise<Buffer> {
  return gunzipSync(await readFile(join(folder, name)))
}

async function writePictures(path: string): Promise<void> {
  await using zip = await openArchive(archive)
  for (const name of zip.names.filter((each) => each.startsWith('uploads/'))) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), await buffer(await zip.open(name)))
  }
}

async function hashFiles(path: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const hashes = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name)
    return [
      file,
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ]
  })
  return Object.fromEntries(await Promise.all(hashes))
}
