import { type Command, UsageError } from './command.ts'
import { openInstance } from './open-instance.ts'

/** Removes a passkey. The server may be running. */
export const passkeyRemove: Command = {
  usage: 'passkey-remove NAME [ID]',
  summary: "remove a user's passkey and end its sessions; without ID, list the passkeys",

  async run(args, context) {
    const [name, id] = args
    if (name === undefined || args.length > 2 || args.some((argument) => argument.startsWith('-')))
      throw new UsageError('a user name or e-mail address, and the id of a passkey, are expected')
    await using app = await openInstance(context)
    if (id === undefined) {
      for (const passkey of await app.passkeysOf(name)) context.print(`${passkey.id}  ${passkey.name}`)
      return 0
    }
    const removed = await app.removePasskey(name, id)
    context.print(`${removed.name} was removed, and the sessions in which it was used have ended.`)
    if (removed.reviewUrl !== null) context.print(`Review what was created in them: ${removed.reviewUrl}`)
    return 0
  },
}
