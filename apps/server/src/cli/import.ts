import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { messageOf } from '../logging/failure.ts'
import { type AddCommand, UsageError } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { quietConfig } from './open-instance.ts'
import { withExamples } from './output.ts'
import { askPassphrase, readSecretFile } from './secrets.ts'

interface Options {
  readonly path: string
  readonly yes?: boolean
  readonly forcefullyAcquireLock?: boolean
  readonly passphraseFile?: string
  readonly identityFile?: string
}

/** Replaces the data of the instance. The server must be stopped. */
export const addImport: AddCommand = (program, context) => {
  const command = program
    .command('import')
    .description('replace all data with that of an archive, which "export" has written')
    .option('-p, --path <path>', 'path of the archive; - for standard input', 'pocket-id-export.zip')
    .option('-y, --yes', 'do not ask for confirmation')
    .option('--forcefully-acquire-lock', 'stop a server that is running on the database')
    .option('--passphrase-file <file>', 'file with the passphrase of the archive')
    .option('--identity-file <file>', 'file with age identities (AGE-SECRET-KEY-1…)')
    .action(async (options: Options) => {
      const { path, passphraseFile, identityFile } = options
      const config = quietConfig(context.readConfig())
      const identities = identityFile === undefined ? '' : await readSecretFile(identityFile)
      const { importInstance } = await import('../composition/archives.ts')
      const { header, end } = await importInstance(path === '-' ? context.stdin : await openFile(path), {
        config,
        logger: context.createLogger(config),
        stop: context.stop,
        secrets: {
          passphrase: () =>
            passphraseFile === undefined ? askPassphrase(context, { isNew: false }) : readSecretFile(passphraseFile),
          identities: identities.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')),
        },
        force: options.forcefullyAcquireLock ?? false,
        confirmReplacement: ({ createdAt }) =>
          requireConfirmation(`Replace all data of this instance with the archive of ${createdAt}?`, options, context),
      })
      for (const file of end.missing) context.printError(`This picture was missing already: ${file}`)
      context.print(`Imported ${end.rows} rows and ${end.files} pictures of ${header.createdAt}.`)
      context.print('What was created or changed after this time is gone; sessions and tokens issued since have ended.')
    })
  withExamples(command, [
    'import --path backup.pocket --passphrase-file passphrase.txt',
    'import --path - --yes < backup.pocket',
  ])
}

async function openFile(path: string): Promise<Readable> {
  try {
    return (await open(path)).createReadStream()
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${messageOf(error)})`)
  }
}
