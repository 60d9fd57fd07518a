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

/** Shows examples below the help of a command. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    ['', 'Examples:', ...examples.map((example) => `  pocket-id ${example}`)].join('\n'),
  )
}
