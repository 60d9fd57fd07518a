import { type AddCommand, UsageError } from '../command.ts'
import { requireConfirmation } from '../confirm.ts'
import { printResult, withJson } from '../output.ts'
import { type Item, withApi } from './api.ts'
import { addResource, type ConfirmOption, find, findIds, itemPath, nameOf, update } from './resource.ts'
import { clients, groups } from './resources.ts'

export const addClients: AddCommand = (program, context) => {
  const parent = addResource(program, context, clients)
  const forClient = (name: string, description: string) =>
    parent.command(name).description(description).argument('<client>', 'ID or name')

  forClient('allow-groups', 'allow only the members of these groups')
    .argument('[group...]', 'IDs or names')
    .option('--everyone', 'allow everyone')
    .action(async (name: string, names: readonly string[], { everyone = false }: { readonly everyone?: boolean }) => {
      // An empty variable of a script must not open the client to everyone.
      if (names.length > 0 === everyone) throw new UsageError('name groups, or use --everyone')
      await withApi(context, async (api) => {
        const allowedUserGroupIds = await findIds(api, groups, names)
        await update(api, clients, name, { isGroupRestricted: !everyone, allowedUserGroupIds })
      })
    })

  withJson(forClient('new-secret', 'add a secret and print it'))
    .option('--replace', 'delete all other secrets')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, options: ConfirmOption & { readonly replace?: boolean }) => {
      const secret = await withApi(context, async (api) => {
        const client = await find(api, clients, name)
        const question = `Delete all other secrets of ${nameOf(client, clients)}?`
        if (options.replace) await requireConfirmation(question, options, context)
        const path = `${itemPath(clients, client)}/${options.replace ? 'secret' : 'secrets'}`
        return (await api.call<Item>({ method: 'POST', path })).secret
      })
      printResult({ secret }, options, { print: context.print, linesOf: () => [String(secret)] })
    })
}
