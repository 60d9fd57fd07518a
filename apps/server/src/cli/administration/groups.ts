import type { AddCommand } from '../command.ts'
import { type Item, withApi } from './api.ts'
import { addResource, find, findIds, itemPath } from './resource.ts'
import { groups, users } from './resources.ts'

export const addGroups: AddCommand = (program, context) => {
  const parent = addResource(program, context, groups)
  for (const [name, description, isAdded] of [
    ['add-members', 'add members to a group', true],
    ['remove-members', 'remove members from a group', false],
  ] as const)
    parent
      .command(name)
      .description(description)
      .argument('<group>', 'ID or name')
      .argument('<user...>', 'IDs, usernames or emails')
      .action((group: string, names: readonly string[]) =>
        withApi(context, async (api) => {
          const ids = new Set(await findIds(api, users, names))
          const path = itemPath(groups, await find(api, groups, group))
          const merge = (current: Item) => {
            const others = membersOf(current).filter((id) => !ids.has(id))
            return { userIds: isAdded ? [...others, ...ids] : others }
          }
          await api.change(path, merge, `${path}/users`)
        }),
      )
}

function membersOf({ users: members }: Item): readonly string[] {
  return (members as readonly Item[]).map(({ id }) => String(id))
}
