import type { AddCommand } from '../command.ts'
import { requireConfirmation } from '../confirm.ts'
import { type Item, withApi } from './api.ts'
import { addResource, type ConfirmOption, find, findIds, itemPath, nameOf, update } from './resource.ts'
import { groups, users } from './resources.ts'

export const addUsers: AddCommand = (program, context) => {
  const parent = addResource(program, context, users)
  const forUser = (name: string, description: string) =>
    parent.command(name).description(description).argument('<user>', 'ID, username or email')

  for (const [name, disabled, description] of [
    ['disable', true, 'end all sessions of a user and refuse new ones'],
    ['enable', false, 'allow a disabled user to sign in again'],
  ] as const)
    forUser(name, description).action(async (user: string) => {
      await withApi(context, (api) => update(api, users, user, { disabled }))
    })

  forUser('reset-passkeys', 'remove all passkeys of a user and end the sessions in which they were used')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, options: ConfirmOption) => {
      const count = await withApi(context, async (api) => {
        const user = await find(api, users, name)
        await requireConfirmation(`Remove all passkeys of ${nameOf(user, users)}?`, options, context)
        const path = `${itemPath(users, user)}/webauthn-credentials`
        const passkeys = await api.call<readonly Item[]>({ method: 'GET', path })
        for (const { id } of passkeys) await api.call({ method: 'DELETE', path: `${path}/${id}` })
        return passkeys.length
      })
      context.print(`Removed ${count} passkeys.`)
    })

  forUser('set-groups', 'replace the groups of a user')
    .argument('[group...]', 'IDs or names')
    .action(async (name: string, names: readonly string[]) => {
      await withApi(context, async (api) => {
        const user = await find(api, users, name)
        const userGroupIds = await findIds(api, groups, names)
        await api.call({ method: 'PUT', path: `${itemPath(users, user)}/user-groups`, body: { userGroupIds } })
      })
    })
}
