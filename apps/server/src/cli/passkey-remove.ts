import type { AddCommand } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

interface Options {
  readonly yes?: boolean
  readonly json?: boolean
}

/** Removes a passkey. The server may be running. */
export const addPasskeyRemove: AddCommand = (program, context) => {
  const { print } = context
  const command = program
    .command('passkey-remove')
    .description("remove a user's passkey and end its sessions; without an ID, list the passkeys")
    .argument('<name>', 'user name or e-mail address')
    .argument('[id]', 'ID of the passkey')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (name: string, id: string | undefined, options: Options) => {
      if (id !== undefined) await requireConfirmation(`Remove the passkey ${id} of ${name}?`, options, context)
      await using app = await openInstance(context)
      if (id === undefined) {
        const passkeys = (await app.listPasskeys(name)).map((passkey) => ({ id: passkey.id, name: passkey.name }))
        const linesOf = () => passkeys.map((passkey) => `${passkey.id}  ${passkey.name}`)
        return printResult({ passkeys }, options, { print, linesOf })
      }
      printResult(await app.removePasskey(name, id), options, {
        print,
        linesOf: (removed) => [
          `${removed.name} was removed, and the sessions in which it was used have ended.`,
          ...(removed.reviewUrl === null ? [] : [`Review the credentials created in them: ${removed.reviewUrl}`]),
        ],
      })
    })
  withExamples(withJson(command), ['passkey-remove ada', 'passkey-remove ada 01J9Z3'])
}
