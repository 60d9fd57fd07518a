import type { Directory } from '@pocket/directory'
import type { Item, Kind } from '../../configuration-file/kind.ts'
import type { UserAdministration } from '../../users/user-administration.ts'
import type { UserBody } from '../../users/user-body.ts'
import { findGroupIds, isOwnedByLdap, referencesIn, text } from './values.ts'

export interface UserKindDeps {
  readonly directory: Directory
  readonly users: UserAdministration
}

export function userKind({ directory, users }: UserKindDeps): Kind {
  const findById = async (id: string) => {
    const user = await directory.users.find(id)
    if (!user) return undefined
    const { userName: username, administrator: isAdmin, groups, claims, ...fields } = user
    const { email, emailVerified, firstName, lastName, displayName, locale, disabled } = fields
    const own = { username, email, emailVerified, firstName, lastName, displayName, locale, isAdmin, disabled }
    return { id, item: { ...own, groups: groups.map(({ name }) => name), customClaims: claims } }
  }
  const setRelations = async (actor: Parameters<Kind['create']>[0], id: string, item: Item) => {
    if (item.groups !== undefined) await users.setGroups(actor, id, await findGroupIds(directory, item.groups))
    if (Array.isArray(item.customClaims)) await users.setClaims(actor, id, item.customClaims)
  }
  return {
    name: 'users',
    key: 'username',
    secrets: [],
    async find(username) {
      const user = await directory.findByName(username)
      // The text may also be an e-mail address.
      return user?.userName.toLowerCase() === username.toLowerCase() ? findById(user.id) : undefined
    },
    findById,
    async list() {
      const items: Item[] = []
      for (const user of await directory.list()) {
        const found = isOwnedByLdap(user) ? undefined : await findById(user.id)
        if (found) items.push(found.item)
      }
      return items
    },
    references: (item) => referencesIn('groups', item, 'groups'),
    normalize: (item) => item,
    async create(actor, item) {
      const { id } = await users.create(actor, objectWith(item))
      await setRelations(actor, id, item)
      return id
    },
    async update(actor, { id, item: before }, item, fields) {
      const isNewEmail = fields.includes('email') && item.emailVerified === undefined
      const merged = { ...before, ...item, ...(isNewEmail && { emailVerified: false }) }
      if (fields.some((field) => field !== 'groups' && field !== 'customClaims'))
        await users.update(actor, id, objectWith(merged))
      const relations = Object.entries(item).filter(([field]) => fields.includes(field))
      await setRelations(actor, id, Object.fromEntries(relations))
      return id
    },
    remove: (actor, id) => users.remove(actor, id),
  }
}

function objectWith(item: Item): UserBody {
  const { groups: _groups, customClaims: _claims, previously: _previously, ...body } = item
  return { ...body, username: text(item.username) }
}
