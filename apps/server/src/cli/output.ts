import type { Command } from 'commander'
import type { CommandContext } from './command.ts'

/** Adds `--json` to a command that prints a result. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON')
}

/** Prints the result as JSON if `--json` is given, otherwise as lines for people. */
export function printResult<Result>(
  result: Result,
  { json }: { readonly json?: boolean },
  { print, linesOf }: Pick<CommandContext, 'print'> & { readonly linesOf: (result: Result) => readonly string[] },
): void {
  for (const line of json ? [JSON.stringify(result, undefined, 2)] : linesOf(result)) print(line)
}

/** Shows examples below the help of a command, and below that of each subcommand its own. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('afterAll', ({ command: shown }) => {
    const name = nameOf(shown)
    const own = examples.filter((example) => `${example} `.startsWith(`${name} `))
    return ['', 'Examples:', ...own.map((example) => `  pocket-id ${example}`)].join('\n')
  })
}

/** For example `users list`. */
export function nameOf(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name()
}
