import { type Command, UsageError } from './command.ts'
import { openInstance } from './open-instance.ts'

/** Creates a login code. The server may be running, because the code is stored in the database. */
export const oneTimeAccessToken: Command = {
  usage: 'one-time-access-token NAME',
  summary: 'print a URL that signs in the user with this user name or e-mail address once',

  async run(args, context) {
    const [name] = args
    if (name === undefined || args.length > 1 || name.startsWith('-'))
      throw new UsageError('one user name or e-mail address is expected')
    await using app = await openInstance(context)
    const { url, expiresAt } = await app.issueLoginCode(name)
    context.print(url)
    context.print(`It works once, until ${new Date(expiresAt).toISOString()}.`)
    return 0
  },
}
