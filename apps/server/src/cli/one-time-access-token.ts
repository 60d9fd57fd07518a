import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Misconfigured } from '@pocket/core/errors'
import type { Config } from '../config/load.ts'
import { type Command, UsageError } from './command.ts'

/** Makes a login code. The server may run meanwhile: the code goes by the database. */
export const oneTimeAccessToken: Command = {
  usage: 'one-time-access-token NAME',
  summary: 'print an address that signs the user with this name or e-mail address in, once',

  async run(args, context) {
    const [name] = args
    if (name === undefined || args.length > 1 || name.startsWith('-'))
      throw new UsageError('one user name or e-mail address is expected')
    const config = quiet(context.readConfig())
    const { database } = config
    if (database.kind === 'sqlite' && !existsSync(database.path))
      throw new Misconfigured(
        `There is no database at ${resolve(database.path)}. Run this in the folder and with the settings of the server.`,
      )
    await using app = await context.createApp(config, context.createLogger(config))
    const { url, expiresAt } = await app.issueLoginCode(name)
    context.print(url)
    context.print(`It works once, until ${new Date(expiresAt).toISOString()}.`)
    return 0
  },
}

/** What a server says while it starts is of no interest here. */
function quiet(config: Config): Config {
  return { ...config, logLevel: config.logLevel === 'debug' ? 'debug' : 'warn' }
}
