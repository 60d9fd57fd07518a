import type { AddCommand } from './command.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

/** Creates a login code. The server may be running, because the code is stored in the database. */
export const addOneTimeAccessToken: AddCommand = (program, context) => {
  const command = program
    .command('one-time-access-token')
    .description('print a URL that signs in a user once')
    .argument('<name>', 'user name or e-mail address')
    .action(async (name: string, options: { readonly json?: boolean }) => {
      await using app = await openInstance(context)
      const { url, expiresAt } = await app.issueLoginCode(name)
      printResult({ url, expiresAt: new Date(expiresAt).toISOString() }, options, {
        print: context.print,
        linesOf: (code) => [code.url, `It works once, until ${code.expiresAt}.`],
      })
    })
  withExamples(withJson(command), ['one-time-access-token ada@example.com'])
}
