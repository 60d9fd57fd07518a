import { type AddCommand, type CommandContext, UsageError } from './command.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { withExamples } from './output.ts'
import { withProgress } from './progress.ts'
import { askPassphrase, readSecretFile } from './secrets.ts'

interface Options {
  readonly path?: string
  readonly open?: boolean
  readonly passphrase?: boolean
  readonly passphraseFile?: string
  readonly recipient?: readonly string[]
  readonly withKey?: boolean
}

const defaultPaths = { archive: 'pocket-id-export.zip', open: 'pocket-id-export.json' }

/** Writes an archive of the instance. The server may be running. */
export const addExport: AddCommand = (program, context) => {
  const command = program
    .command('export')
    .description('write an archive of all data, which "import" restores')
    .option('-p, --path <path>', `path of the archive; - for standard output (default: ${defaultPaths.archive})`)
    .option('--passphrase', 'encrypt it with a passphrase, which is asked for')
    .option('--passphrase-file <file>', 'encrypt it with the passphrase in a file; - for standard input')
    .option('--recipient <recipient...>', 'encrypt it to age recipients (age1…)')
    .option('--with-key', 'include the encryption key; only in an encrypted archive')
    .option('--open', `write users, groups, clients and passkeys as JSON for other programs (${defaultPaths.open})`)
    .action((options: Options) => (options.open ? exportJson(options, context) : exportArchive(options, context)))
  withExamples(command, [
    'export --path backup.pocket --passphrase-file passphrase.txt',
    'export --path - --recipient age1qq… > backup.pocket',
    'export --open --path people.json',
  ])
}

async function exportArchive(options: Options, context: CommandContext): Promise<void> {
  const encryption = await readEncryption(options, context)
  if (options.withKey && encryption === undefined)
    throw new UsageError('--with-key requires --passphrase, --passphrase-file or --recipient')
  const { archives, config, logger } = await prepare(context)
  const { version } = context
  const request = { config, logger, version, encryption, includeKey: options.withKey ?? false }
  const write = (output: NodeJS.WritableStream) =>
    withProgress(context, (showProgress) => archives.exportInstance({ ...request, showProgress }, output))
  const { path = defaultPaths.archive } = options
  const { rows, files, missing } = await (path === '-' ? write(context.stdout) : archives.writeToFile(path, write))
  for (const file of missing) context.printError(`This picture could not be read and is missing: ${file}`)
  context.printError(`Exported ${rows} rows and ${files} pictures.`)
}

async function exportJson(options: Options, context: CommandContext): Promise<void> {
  const { path = defaultPaths.open, open: _, ...others } = options
  if (Object.keys(others).length > 0) throw new UsageError('--open is not encrypted: pipe it to a program such as age')
  const { archives, config, logger } = await prepare(context)
  const write = (output: NodeJS.WritableStream) =>
    withProgress(context, (showProgress) => archives.exportOpenFormat({ config, logger, showProgress }, output))
  await (path === '-' ? write(context.stdout) : archives.writeToFile(path, write))
}

async function prepare(context: CommandContext) {
  const config = quietConfig(context.readConfig())
  requireDatabase(config)
  return { archives: await import('../composition/archives.ts'), config, logger: context.createLogger(config) }
}

async function readEncryption({ passphrase, passphraseFile, recipient }: Options, context: CommandContext) {
  if ([passphrase, passphraseFile, recipient].filter((value) => value !== undefined).length > 1)
    throw new UsageError('--passphrase, --passphrase-file and --recipient exclude each other')
  if (recipient !== undefined) return { recipients: recipient }
  if (passphraseFile !== undefined) return { passphrase: await readSecretFile(passphraseFile, context) }
  return passphrase ? { passphrase: await askPassphrase(context, { isNew: true }) } : undefined
}
