import { reportLines } from '../pocket-id-migration/report.ts'
import type { AddCommand, CommandContext } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { printResult, withExamples, withJson } from './output.ts'
import { withProgress } from './progress.ts'

export interface MigrationOptions {
  readonly encryptionKeyFile?: string
  readonly uploads?: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly yes?: boolean
}

/** Migrates an instance of Pocket ID. Neither server may be running. */
export const addMigrateFromPocketId: AddCommand = (program, context) => {
  const command = program
    .command('migrate-from-pocket-id')
    .description('migrate users, passkeys, clients and keys from Pocket ID 2.10 to 2.14')
    .argument('<source>', 'an archive of "pocket-id export", an SQLite file, or a postgres:// URL')
    .option(
      '--encryption-key-file <file>',
      'file with the ENCRYPTION_KEY of Pocket ID; by default, that of this server',
    )
    .option('--uploads <folder>', 'folder with the pictures; by default, uploads next to the SQLite file')
    .option('--dry-run', 'report what would be migrated and write nothing')
    .option('-y, --yes', 'replace the data of a server that is not empty, after a backup')
    .action((source: string, options: MigrationOptions) => migrateFromPocketId(source, options, context))
  withExamples(withJson(command), [
    'migrate-from-pocket-id pocket-id-export.zip --encryption-key-file key --dry-run',
    'migrate-from-pocket-id old/pocket-id.db --encryption-key-file key',
  ])
}

/** Migrates the source, and prints the report. */
export async function migrateFromPocketId(
  source: string,
  options: MigrationOptions,
  context: CommandContext,
): Promise<void> {
  const config = { ...context.readConfig(), logLevel: 'warn' as const }
  const { encryptionKeyFile, uploads, dryRun: isDryRun = false } = options
  const migration = await import('../composition/pocket-id-migration.ts')
  const report = await withProgress(context, (showProgress) =>
    migration.migrateFromPocketId(config, context.createLogger(config), {
      source,
      encryptionKey: encryptionKeyFile === undefined ? undefined : { file: encryptionKeyFile },
      uploads,
      isDryRun,
      confirmReplacement: () =>
        requireConfirmation('This server has users or clients. Replace all its data after a backup?', options, context),
      showProgress,
      stop: context.stop,
    }),
  )
  printResult(report, options, { print: context.print, linesOf: (shown) => reportLines(shown, isDryRun) })
  if (isDryRun && !options.json) context.print('This was a dry run. Nothing was changed.')
}
