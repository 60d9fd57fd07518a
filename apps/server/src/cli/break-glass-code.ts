import type { AddCommand } from './command.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

/** Creates a break-glass code. The server may be running, because the code is stored in the database. */
export const addBreakGlassCode: AddCommand = (program, context) => {
  const command = program
    .command('break-glass-code')
    .description('print a code with which an administrator who lost every passkey adds a new one')
    .argument('<name>', 'user name or e-mail address of the administrator')
    .action(async (name: string, options: { readonly json?: boolean }) => {
      await using app = await openInstance(context)
      const { code, url } = await app.issueBreakGlassCode(name)
      printResult({ code, url }, options, {
        print: context.print,
        linesOf: (result) => [
          result.code,
          `Print it and keep it sealed. Enter it at ${result.url}. It works once and replaces the code before it.`,
        ],
      })
    })
  withExamples(withJson(command), ['break-glass-code ada@example.com'])
}
