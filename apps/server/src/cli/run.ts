import tab from '@bomb.sh/tab/commander'
import { PocketError, UnavailableError } from '@pocket/core/errors'
import { Command, CommanderError } from 'commander'
import { codeOf, isFileError, messageOf } from '../logging/failure.ts'
import { addApiKeys } from './administration/api-keys.ts'
import { addApis } from './administration/apis.ts'
import { addAudit } from './administration/audit.ts'
import { addClients } from './administration/clients.ts'
import { addGroups } from './administration/groups.ts'
import { addJobs } from './administration/jobs.ts'
import { addSessions } from './administration/sessions.ts'
import { addSettings } from './administration/settings.ts'
import { addUsers } from './administration/users.ts'
import { addBreakGlassCode } from './break-glass-code.ts'
import { addCheckConfig } from './check-config.ts'
import { type AddCommand, type CommandContext, CommandError, exitCodes, UsageError } from './command.ts'
import { addConfig } from './config.ts'
import { addDoctor } from './doctor.ts'
import { addEncryptionKeyRotate } from './encryption-key-rotate.ts'
import { addExport } from './export.ts'
import { addHealthcheck } from './healthcheck.ts'
import { addImport } from './import.ts'
import { addIssuer } from './issuer.ts'
import { addKeyRotate } from './key-rotate.ts'
import { addMigrateFromPocketId } from './migrate-from-pocket-id.ts'
import { addOneTimeAccessToken } from './one-time-access-token.ts'
import { withExamples } from './output.ts'
import { addPasskeyRemove } from './passkey-remove.ts'
import { addRollback } from './rollback.ts'
import { runServer } from './start.ts'

const addVersion: AddCommand = (program, { version, print }) => {
  const command = program
    .command('version')
    .description('print the version')
    .action(() => print(nameAndVersion(version)))
  withExamples(command, ['version'])
}

/** In the order of the help text. */
const commands: readonly AddCommand[] = [
  addApiKeys,
  addApis,
  addAudit,
  addBreakGlassCode,
  addCheckConfig,
  addClients,
  addConfig,
  addDoctor,
  addEncryptionKeyRotate,
  addExport,
  addGroups,
  addHealthcheck,
  addImport,
  addIssuer,
  addJobs,
  addKeyRotate,
  addMigrateFromPocketId,
  addOneTimeAccessToken,
  addPasskeyRemove,
  addRollback,
  addSessions,
  addSettings,
  addUsers,
  addVersion,
]

/**
 * Runs the command given in the arguments; without a command, starts the server.
 *
 * @param args arguments after `pocket-id`
 * @returns the exit code: 0; 1 if the command failed; 2 if the arguments are invalid
 */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    if (args.length === 0) await runServer(context)
    else await createProgram(context).parseAsync(args, { from: 'user' })
    return exitCodes.success
  } catch (error) {
    // The library has printed its error, or the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage
    for (const line of errorLines(error)) context.printError(line)
    return error instanceof CommandError ? error.exitCode : exitCodes.failure
  }
}

/** All commands with their arguments and options. */
export function createProgram(context: CommandContext): Command {
  const { version, print, printError } = context
  const program = new Command('pocket-id')
    .description('Without a command, starts the server; SIGINT and SIGTERM stop it.')
    .usage('[command]')
    .version(nameAndVersion(version), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help')
    // The options of a command may have the same names as those of the program.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for usage)')
    .addHelpText(
      'after',
      '\nSettings are environment variables; see docs/reference/configuration.md.\nExit codes: 0 success; 1 failure; 2 wrong usage, an invalid configuration, or differences that "config plan" finds.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => printError(text.trimEnd()) })
  for (const addCommand of commands) addCommand(program, context)
  // Adds `complete <shell>`, which prints a completion script, and the command that the script calls.
  tab(program)
  const complete = program.commands.find((command) => command.name() === 'complete')
  complete?.description('print a completion script for a shell')
  if (complete) withExamples(complete, ['complete bash > /etc/bash_completion.d/pocket-id', 'complete fish'])
  return program
}

function nameAndVersion(version: string): string {
  return `pocket-id ${version}`
}

/** Expected errors are printed without a stack trace; all other errors are printed with it. */
function errorLines(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [`error: ${error.message}`, '(add --help for usage)']
  if (error instanceof UnavailableError && error.cause !== undefined)
    return [`${error.message.replace(/\.$/, '')}: ${messageOf(error.cause)}.`]
  if (error instanceof CommandError || error instanceof PocketError) return [error.message]
  if (codeOf(error) === 'EPIPE') return ['The output was closed before it was complete.']
  if (isFileError(error)) return [messageOf(error)]
  const stack = error instanceof Error ? error.stack : undefined
  return ['pocket-id: unexpected error.', stack ?? messageOf(error)]
}
