import type { AddCommand } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { withExamples } from './output.ts'

/** Returns to the backup before an update. Run with the older version; the server must be stopped. */
export const addRollback: AddCommand = (program, context) => {
  const command = program
    .command('rollback')
    .description('return to the backup that a newer version made before it updated the database')
    .option('-y, --yes', 'do not ask for confirmation')
    .option('--forcefully-acquire-lock', 'stop a server that is running on the database')
    .action(async (options: { readonly yes?: boolean; readonly forcefullyAcquireLock?: boolean }) => {
      const config = quietConfig(context.readConfig())
      requireDatabase(config)
      const { rollBack } = await import('../composition/migration-backup.ts')
      const { path, replaced } = await rollBack({
        config,
        logger: context.createLogger(config),
        stop: context.stop,
        force: options.forcefullyAcquireLock ?? false,
        confirm: ({ createdAt }) =>
          requireConfirmation(
            `Return to the data of ${createdAt.toISOString()}? All later changes are lost.`,
            options,
            context,
          ),
      })
      context.print(`The database is that of ${path}.`)
      context.print(`The replaced data is in ${replaced}.`)
    })
  withExamples(command, ['rollback'])
}
