import type { AddCommand } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

/** Creates a break-glass code. The server may be running, because the code is stored in the database. */
export const addBreakGlassCode: AddCommand = (program, context) => {
  const command = program
    .command('break-glass-code')
    .description('print a code with which an administrator who lost every passkey adds a new one')
    .argument('<name>', 'user name or e-mail address of the administrator')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (name: string, options: { readonly yes?: boolean; readonly json?: boolean }) => {
      const question = `Create a break-glass code for ${name}? An earlier one stops working.`
      await requireConfirmation(question, options, context)
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
