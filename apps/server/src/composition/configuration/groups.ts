import type { Directory } from '@pocket/directory'
import type { Kind } from '../../configuration-file/kind.ts'
import type { GroupAdministration } from '../../groups/group-administration.ts'
import { isOwnedByLdap, text } from './values.ts'

export interface GroupKindDeps {
  readonly directory: Directory
  readonly groups: GroupAdministration
}

export function groupKind({ directory, groups }: GroupKindDeps): Kind {
  const findById = async (id: string) => {
    const [group] = await directory.groups.list([id])
    if (!group) return undefined
    const { name, friendlyName, requiresTwoPasskeys, claims } = group
    return { id, item: { name, friendlyName, requiresTwoPasskeys, customClaims: claims } }
  }
  return {
    name: 'groups',
    key: 'name',
    secrets: [],
    async find(name) {
      const group = await directory.groups.findByName(name)
      return group && findById(group.id)
    },
    findById,
    async list() {
      const { items } = await directory.groups.first(Number.MAX_SAFE_INTEGER)
      const found = await Promise.all(items.filter((group) => !isOwnedByLdap(group)).map(({ id }) => findById(id)))
      return found.flatMap((group) => (group ? [group.item] : []))
    },
    references: () => [],
    normalize: (item) => item,
    async create(actor, item) {
      const name = text(item.name)
      const friendlyName = text(item.friendlyName) || name
      const requiresTwoPasskeys = item.requiresTwoPasskeys === true
      const { id } = await groups.create(actor, { name, friendlyName, requiresTwoPasskeys })
      if (Array.isArray(item.customClaims)) await groups.setClaims(actor, id, item.customClaims)
      return id
    },
    async update(actor, { id, item: before }, item, fields) {
      const values = { ...before, ...item } as Readonly<Record<string, unknown>>
      const { requiresTwoPasskeys } = values
      const names = { name: text(values.name), friendlyName: text(values.friendlyName) }
      if (fields.some((field) => field !== 'customClaims'))
        await groups.update(actor, id, { ...names, requiresTwoPasskeys: requiresTwoPasskeys === true })
      if (fields.includes('customClaims') && Array.isArray(item.customClaims))
        await groups.setClaims(actor, id, item.customClaims)
      return id
    },
    remove: (actor, id) => groups.remove(actor, id),
  }
}
