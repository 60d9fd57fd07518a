import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MasterKey } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { makeDataFolder } from './data-folder.ts'
import { warnOfWideModes } from './file-modes.ts'

export interface MasterKeyConfig {
  /** The folder of the generated encryption key. A relative path is resolved against the working directory. */
  readonly dataFolder: string
  /** The bytes of the master key, if set in the environment. */
  readonly encryptionKey: Buffer | undefined
}

export interface MasterKeyOptions {
  readonly config: MasterKeyConfig
  /** Fingerprints of the keys that encrypted the database; empty if it contains no encrypted values. */
  readonly fingerprints: ReadonlySet<string>
  readonly logger: Logger
}

interface CandidateKey {
  readonly source: string
  readonly key: MasterKey
}

/** The file in the data folder that contains a generated key. */
function keyFileIn(dataFolder: string): string {
  return join(dataFolder, 'encryption_key')
}

/**
 * The master key from the environment, else from the data folder. A new key is generated only if the database
 * contains no encrypted values.
 *
 * @throws {ConfigurationError} if the key is missing or does not match the database; nothing is written in that case
 */
export async function openMasterKey({ config, fingerprints, logger }: MasterKeyOptions): Promise<MasterKey> {
  const path = keyFileIn(config.dataFolder)
  const given = config.encryptionKey && { source: 'ENCRYPTION_KEY', key: MasterKey.from(config.encryptionKey) }
  const filed = await readKeyFile(path)
  await warnOfWideModes([path], logger)
  const chosen = given ?? filed
  if (chosen === undefined) {
    if (fingerprints.size > 0) throw missing(fingerprints, path)
    return generate(path, logger)
  }
  if (!fits(chosen, fingerprints)) throw keyMismatch({ chosen, other: given && filed, fingerprints })
  if (given && filed && given.key.fingerprint !== filed.key.fingerprint)
    logger.warn({ file: path }, 'ENCRYPTION_KEY is used; the key in the data folder is another one and is not used')
  return chosen.key
}

function fits({ key }: CandidateKey, fingerprints: ReadonlySet<string>): boolean {
  return [...fingerprints].every((fingerprint) => fingerprint === key.fingerprint)
}

function missing(fingerprints: ReadonlySet<string>, path: string): ConfigurationError {
  return new ConfigurationError(
    [
      `The encryption key is missing: ENCRYPTION_KEY is not set and ${path} does not exist, but the database is encrypted.`,
      `The key with the fingerprint ${[...fingerprints].join(', ')} is needed. Nothing was changed.`,
      'Set ENCRYPTION_KEY (or ENCRYPTION_KEY_FILE) to the key that this database was set up with, or put the file back.',
    ].join('\n'),
  )
}

interface KeyMismatch {
  readonly chosen: CandidateKey
  readonly other: CandidateKey | undefined
  readonly fingerprints: ReadonlySet<string>
}

function keyMismatch({ chosen, other, fingerprints }: KeyMismatch): ConfigurationError {
  const expected = [...fingerprints].join(', ')
  return new ConfigurationError(
    [
      `The encryption key does not fit this database: expected is the fingerprint ${expected}, but ${chosen.source} has ${chosen.key.fingerprint}. Nothing was changed.`,
      other === undefined || !fits(other, fingerprints)
        ? `${other === undefined ? '' : `${other.source} does not fit either: it has ${other.key.fingerprint}. `}Use the key that this database was set up with.`
        : `${other.source} does fit: remove ENCRYPTION_KEY to use it.`,
    ].join('\n'),
  )
}

async function readKeyFile(path: string): Promise<CandidateKey | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trimEnd()
    return { source: path, key: MasterKey.from(text) }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new ConfigurationError(`The encryption key in ${path} cannot be used: ${messageOf(cause)}`, { cause })
  }
}

async function generate(path: string, logger: Logger): Promise<MasterKey> {
  await makeDataFolder(dirname(path))
  const text = randomBytes(32).toString('base64url')
  if (!(await createExclusively(path, `${text}\n`))) {
    // Another process that started at the same time created the file first.
    const theirs = await readKeyFile(path)
    if (theirs === undefined)
      throw new ConfigurationError(`The file ${path} was there a moment ago, and now it is not.`)
    return theirs.key
  }
  const key = MasterKey.from(text)
  logger.warn(
    { file: path, fingerprint: key.fingerprint },
    'A new encryption key was made, since ENCRYPTION_KEY is not set. Keep a copy of it apart from the database',
  )
  return key
}

/** Creates the file atomically with its whole content; returns `false` if it exists already. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await link(draft, path)
      // Syncs after linking, so that the directory entry is durable as well.
      await file.sync()
    } finally {
      await file.close()
    }
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw new ConfigurationError(
      `No encryption key can be written to ${path} (${messageOf(cause)}). Set ENCRYPTION_KEY instead.`,
      {
        cause,
      },
    )
  } finally {
    await rm(draft, { force: true })
  }
}
