import { open } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import type { ArchiveHeader } from '../backup/archive-format.ts'
import { PocketIdArchiveError } from '../backup/pocket-id-archive.ts'
import { messageOf } from '../logging/failure.ts'
import { type AddCommand, type CommandContext, CommandError, UsageError } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { migrateFromPocketId } from './migrate-from-pocket-id.ts'
import { quietConfig } from './open-instance.ts'
import { withExamples } from './output.ts'
import { withProgress } from './progress.ts'
import { askPassphrase, readSecretFile } from './secrets.ts'

interface Options {
  readonly path: string
  readonly yes?: boolean
  readonly forcefullyAcquireLock?: boolean
  readonly passphraseFile?: string
  readonly identityFile?: string
  readonly encryptionKeyFile?: string
}

/** Replaces the data of the instance. The server must be stopped. */
export const addImport: AddCommand = (program, context) => {
  const command = program
    .command('import')
    .description('replace all data with that of an archive, which "export" has written')
    .option('-p, --path <path>', 'path of the archive; - for standard input', 'pocket-id-export.zip')
    .option('-y, --yes', 'replace the data of an instance that is not empty; no backup of it is made')
    .option('--forcefully-acquire-lock', 'stop a server that is running on the database')
    .option('--passphrase-file <file>', 'file with the passphrase of the archive; - for standard input')
    .option('--identity-file <file>', 'file with age identities (AGE-SECRET-KEY-1…); - for standard input')
    .option('--encryption-key-file <file>', 'file with the ENCRYPTION_KEY of Pocket ID, for one of its archives')
    .action(async (options: Options) => {
      try {
        await importArchive(options, context)
      } catch (error) {
        if (!(error instanceof PocketIdArchiveError)) throw error
        await offerMigration(options, context)
      }
    })
  withExamples(command, [
    'import --path backup.pocket --passphrase-file passphrase.txt',
    'import --path - --yes < backup.pocket',
  ])
}

async function importArchive(options: Options, context: CommandContext): Promise<void> {
  const { path, passphraseFile, identityFile } = options
  if ([path, passphraseFile, identityFile].filter((name) => name === '-').length > 1)
    throw new UsageError('only one of --path, --passphrase-file and --identity-file can be standard input')
  const config = quietConfig(context.readConfig())
  const identities = identityFile === undefined ? '' : await readSecretFile(identityFile, context)
  await using stack = new AsyncDisposableStack()
  const { content, size }: OpenedFile = path === '-' ? { content: context.stdin } : await openFile(path)
  if (content !== context.stdin) stack.defer(() => void content.destroy())
  const { importInstance } = await import('../composition/archives.ts')
  const settings = {
    config,
    logger: context.createLogger(config),
    stop: context.stop,
    secrets: {
      passphrase: () =>
        passphraseFile === undefined
          ? askPassphrase(context, { isNew: false })
          : readSecretFile(passphraseFile, context),
      identities: identities.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')),
    },
    force: options.forcefullyAcquireLock ?? false,
    confirmReplacement: ({ createdAt }: ArchiveHeader) =>
      requireConfirmation(
        `Replace all data of this instance with the archive of ${createdAt}, without a backup of the present data?`,
        options,
        context,
      ),
  }
  const total = size && Math.ceil(size / 1000)
  const { header, end, hasNewKey } = await withProgress(context, (showProgress) => {
    const show = (bytes: number) => showProgress({ subject: 'kB', done: Math.ceil(bytes / 1000), total })
    return importInstance(countBytes(addAbortSignal(context.stop, content), show), settings)
  })
  for (const file of end.missing) context.printError(`This picture was missing already: ${file}`)
  context.print(`Imported ${end.rows} rows and ${end.files} pictures of ${header.createdAt}.`)
  context.print('What was created or changed after this time is gone; sessions and tokens issued since have ended.')
  if (hasNewKey)
    context.print(
      `The encryption key of the archive (${header.fingerprint}) is in use now. The previous one is kept in the data folder.`,
    )
}

/** Migrates the data of Pocket ID instead, if there is a terminal and the user agrees. */
async function offerMigration({ path, yes, encryptionKeyFile }: Options, context: CommandContext): Promise<void> {
  const [source, file] = path === '-' ? ['FILE', 'Write it to a file and run'] : [quoteArgument(path), 'Run']
  const keyFile = encryptionKeyFile === undefined ? 'KEY_FILE' : quoteArgument(encryptionKeyFile)
  const command = `pocket-id migrate-from-pocket-id ${source} --encryption-key-file ${keyFile}`
  const question = 'This is an archive of Pocket ID. Migrate its users, passkeys, clients and keys?'
  const isConfirmed = path === '-' ? undefined : await context.confirm(question)
  if (isConfirmed === undefined)
    throw new CommandError(`This is an archive of Pocket ID. Nothing was changed. ${file}: ${command}`)
  if (!isConfirmed) throw new CommandError('Nothing was changed.')
  const answer =
    encryptionKeyFile ?? (await context.ask('File with the ENCRYPTION_KEY of Pocket ID (empty: that of this server): '))
  const migration = { ...(answer && { encryptionKeyFile: answer }), ...(yes !== undefined && { yes }) }
  await migrateFromPocketId(path, migration, context)
}

function quoteArgument(argument: string): string {
  return /^[\w./:-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

async function* countBytes(content: Readable, show: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of content) {
    yield chunk
    bytes += chunk.length
    show(bytes)
  }
}

interface OpenedFile {
  readonly content: Readable
  /** Bytes; absent for standard input. */
  readonly size?: number
}

async function openFile(path: string): Promise<OpenedFile> {
  try {
    const file = await open(path)
    const content = file.createReadStream()
    const stats = await file.stat()
    if (!stats.isDirectory()) return { content, size: stats.size }
    content.destroy()
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${messageOf(error)})`)
  }
  throw new UsageError(`${path} is a folder; name the file of the archive`)
}
