import { type AddCommand, type CommandContext, UsageError } from './command.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { withExamples } from './output.ts'
import { askPassphrase, readSecretFile } from './secrets.ts'

interface Options {
  readonly path: string
  readonly passphrase?: boolean
  readonly passphraseFile?: string
  readonly recipient?: readonly string[]
  readonly withKey?: boolean
}

/** Writes an archive of the instance. The server may be running. */
export const addExport: AddCommand = (program, context) => {
  const command = program
    .command('export')
    .description('write an archive of all data, which "import" restores')
    .option('-p, --path <path>', 'path of the archive; - for standard output', 'pocket-id-export.zip')
    .option('--passphrase', 'encrypt it with a passphrase, which is asked for')
    .option('--passphrase-file <file>', 'encrypt it with the passphrase in a file')
    .option('--recipient <recipient...>', 'encrypt it to age recipients (age1…)')
    .option('--with-key', 'include the encryption key; only in an encrypted archive')
    .action(async (options: Options) => {
      const encryption = await encryptionOf(options, context)
      if (options.withKey && encryption === undefined)
        throw new UsageError('--with-key requires --passphrase, --passphrase-file or --recipient')
      const config = quietConfig(context.readConfig())
      requireDatabase(config)
      const { exportInstance, exportToFile } = await import('../composition/archives.ts')
      const request = {
        config,
        logger: context.createLogger(config),
        version: context.version,
        encryption,
        includeKey: options.withKey ?? false,
      }
      const { rows, files, missing } =
        options.path === '-' ? await exportInstance(request, context.stdout) : await exportToFile(request, options.path)
      for (const file of missing) context.printError(`This picture could not be read and is missing: ${file}`)
      context.printError(`Exported ${rows} rows and ${files} pictures.`)
    })
  withExamples(command, [
    'export --path backup.pocket --passphrase-file passphrase.txt',
    'export --path - --recipient age1qq… > backup.pocket',
  ])
}

async function encryptionOf({ passphrase, passphraseFile, recipient }: Options, context: CommandContext) {
  if ([passphrase, passphraseFile, recipient].filter((value) => value !== undefined).length > 1)
    throw new UsageError('--passphrase, --passphrase-file and --recipient exclude each other')
  if (recipient !== undefined) return { recipients: recipient }
  if (passphraseFile !== undefined) return { passphrase: await readSecretFile(passphraseFile) }
  return passphrase ? { passphrase: await askPassphrase(context, { isNew: true }) } : undefined
}
