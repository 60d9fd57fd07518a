import { PocketError } from '@pocket/core/errors'
import { messageOf } from '../logging/failure.ts'
import { type Command, type CommandContext, UsageError } from './command.ts'
import { healthcheck } from './healthcheck.ts'
import { keyRotate } from './key-rotate.ts'
import { oneTimeAccessToken } from './one-time-access-token.ts'
import { passkeyRemove } from './passkey-remove.ts'
import { start } from './start.ts'

const version: Command = {
  usage: 'version',
  summary: 'print the version',
  async run(_, context) {
    context.print(`pocket-id ${context.version}`)
    return 0
  },
}

const help: Command = {
  usage: 'help',
  summary: 'print this help',
  async run(_, context) {
    context.print(helpText())
    return 0
  },
}

const commands: ReadonlyMap<string, Command> = new Map([
  ['healthcheck', healthcheck],
  ['key-rotate', keyRotate],
  ['one-time-access-token', oneTimeAccessToken],
  ['passkey-remove', passkeyRemove],
  ['version', version],
  ['help', help],
])

const aliases: ReadonlyMap<string, string> = new Map([
  ['-h', 'help'],
  ['--help', 'help'],
  ['-v', 'version'],
  ['--version', 'version'],
])

/**
 * Runs the command given in the arguments; without a command, starts the server.
 *
 * @param args arguments after `pocket-id`
 * @returns the exit code: 0, or 1 after printing the error
 */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const [name, ...commandArgs] = args
    if (name === undefined) return await start.run([], context)
    if (commandArgs.some((argument) => argument === '-h' || argument === '--help')) return await help.run([], context)
    const command = commands.get(aliases.get(name) ?? name)
    if (command === undefined) throw new UsageError(`there is no command "${name}"`)
    return await command.run(commandArgs, context)
  } catch (error) {
    for (const line of errorLines(error)) context.printError(line)
    return 1
  }
}

/** Expected errors are printed without a stack trace; all other errors are printed with it. */
function errorLines(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [`pocket-id: ${error.message}.`, '', helpText()]
  if (error instanceof PocketError) return [error.message]
  const stack = error instanceof Error ? error.stack : undefined
  return ['pocket-id: unexpected error.', stack ?? messageOf(error)]
}

function helpText(): string {
  const lines = [start, ...commands.values()].map(
    ({ usage, summary }) => `  ${`pocket-id ${usage}`.trimEnd().padEnd(42)}${summary}`,
  )
  return ['Usage:', ...lines, '', 'Settings are environment variables; see docs/reference/configuration.md.'].join('\n')
}
