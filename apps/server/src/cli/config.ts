import { setTimeout } from 'node:timers/promises'
import { UnavailableError } from '@pocket/core/errors'
import { isEmpty } from '../configuration-file/compare.ts'
import type { Result } from '../configuration-file/configuration.ts'
import type { ConfigurationFile } from '../configuration-file/load.ts'
import { InvalidFileError } from '../configuration-file/problem.ts'
import type { ConfirmOption, JsonOption } from './administration/resource.ts'
import { type AddCommand, type CommandContext, CommandError, exitCodes, UsageError } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

const maxAttempts = 5
/** Milliseconds. */
const retryDelay = 1000

export const addConfig: AddCommand = (program, context) => {
  const parent = program
    .command('config')
    .description('compare the instance with a configuration file, and apply it; a server may be running')
  withExamples(parent, ['config plan', 'config plan pocket.yaml', 'config apply --yes', 'config export > pocket.yaml'])
  const fileText = 'default: POCKET_CONFIG_FILE'

  withJson(
    parent
      .command('plan')
      .description('print what would change; the exit code is 2 if anything would')
      .argument('[file]', fileText),
  ).action(async (path: string | undefined, options: JsonOption) => {
    const result = await withFile(context, path, async (file, { configuration }) =>
      whenAvailable(context, () => configuration.dryRun(file)),
    )
    await print(result, options, context)
    warnOfReplacement(result, context)
    if (result.changes.length > 0) throw new DifferencesError('The instance differs from the file.')
  })

  withJson(parent.command('apply').description('make the instance match the file').argument('[file]', fileText))
    .option('-y, --yes', 'do not ask')
    .action(async (path: string | undefined, options: ConfirmOption) => {
      const { isIrreversible } = await import('../configuration-file/plan.ts')
      const result = await withFile(context, path, async (file, { configuration }) => {
        const planned = await whenAvailable(context, () => configuration.dryRun(file))
        warnOfReplacement(planned, context)
        if (planned.changes.some(isIrreversible)) {
          // With --json, standard output is the result only.
          if (!options.yes) await print(planned, {}, options.json ? { ...context, print: context.printError } : context)
          await requireConfirmation(
            'Apply? Deleted objects, secrets and permissions cannot be restored.',
            options,
            context,
          )
        }
        return whenAvailable(context, () => configuration.apply(file))
      })
      await print(result, options, context)
    })

  parent
    .command('export')
    .description('print what the instance holds as a configuration file, without secrets')
    .action(async () => {
      const { toYaml } = await import('../configuration-file/document.ts')
      await using instance = await openInstance(context)
      context.print(toYaml(withoutEmpty(await instance.configuration.export())).trimEnd())
    })
}

type Configured = Awaited<ReturnType<typeof openInstance>>

async function withFile<Value>(
  context: CommandContext,
  path: string | undefined,
  act: (file: ConfigurationFile, instance: Configured) => Promise<Value>,
): Promise<Value> {
  const config = context.readConfig()
  const chosen = path ?? config.configurationFile
  if (chosen === undefined) throw new UsageError('name a file, or set POCKET_CONFIG_FILE')
  try {
    const { loadConfigurationFile } = await import('../composition/configuration/compose.ts')
    const file = loadConfigurationFile(config, chosen, { allowsPipe: path !== undefined })
    await using instance = await openInstance(context)
    return await act(file, instance)
  } catch (error) {
    if (error instanceof InvalidFileError) throw new CommandError(error.message, { cause: error })
    throw error
  }
}

/** A running server can keep the database busy. What failed was rolled back, and applying a file twice changes nothing. */
async function whenAvailable<Value>({ stop }: CommandContext, act: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof UnavailableError) || attempt === maxAttempts) throw error
    }
    await setTimeout(retryDelay, undefined, { signal: stop })
  }
}

async function print(result: Result, options: JsonOption, context: CommandContext): Promise<void> {
  const { planLines } = await import('../configuration-file/plan.ts')
  if (result.outcome === 'outdated')
    throw new CommandError('A file with a higher revision was applied; nothing was changed.')
  if (result.outcome === 'conflict')
    throw new CommandError('Another file with this revision was applied. Increase the revision; nothing was changed.')
  printResult(result.changes, options, { print: context.print, linesOf: planLines })
}

function warnOfReplacement({ replaces }: Result, { printError }: CommandContext): void {
  if (replaces !== undefined)
    printError(
      `warning: this file replaces ${replaces}. A server with ${replaces} reverts nothing until that file changes.`,
    )
}

/** Values that mean the same as missing ones. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isEmpty(member))
      .map(([name, member]) => [name, withoutEmpty(member)]),
  )
}

class DifferencesError extends CommandError {
  override readonly name = 'DifferencesError'
  override readonly exitCode = exitCodes.usage
}
