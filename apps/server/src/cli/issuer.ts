import { InvalidArgumentError } from 'commander'
import { parseAppUrl } from '../config/address.ts'
import { InvalidValueError } from '../config/variable.ts'
import type { AddCommand } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { withExamples } from './output.ts'

/** Changes the issuer that the database belongs to. The server must be stopped. */
export const addIssuer: AddCommand = (program, context) => {
  const parent = program.command('issuer').description('change the issuer that the database belongs to')
  withExamples(parent, ['issuer set https://login.example.com'])

  parent
    .command('set')
    .description('store another issuer, after which the server starts only with this APP_URL')
    .argument('<url>', 'the new APP_URL', parseUrl)
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (issuer: string, options: { readonly yes?: boolean }) => {
      const config = quietConfig(context.readConfig())
      requireDatabase(config)
      const question = `Make ${issuer} the issuer? Applications must be given the new issuer.`
      await requireConfirmation(question, options, context)
      const { changeServerIssuer } = await import('../composition/change-issuer.ts')
      const logger = context.createLogger(config)
      const previous = await changeServerIssuer({ config, logger, issuer, stop: context.stop })
      context.print(`The issuer was ${previous}. Set APP_URL to ${issuer} before you start the server.`)
      const { hostname } = new URL(previous)
      if (hostname !== new URL(issuer).hostname)
        context.print(`Passkeys of ${hostname} do not work there: give users login codes, or go back to ${previous}.`)
    })
}

/** A path is rejected, because the server could not start with it. */
function parseUrl(text: string): string {
  try {
    return parseAppUrl({ text, bytes: Buffer.from(text) })
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error
    throw new InvalidArgumentError(`${error.message}. ${error.remedy}`)
  }
}
