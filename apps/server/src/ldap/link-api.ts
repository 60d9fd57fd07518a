import type { LdapEntry } from '@pocket/directory'
import { assertCanMakeAdministrator, assertCanModifyUser } from '../access/access-checks.ts'
import { actorOf } from '../access/actor.ts'
import { type Call, type Operation, operationsIn } from '../http/api/operation.ts'
import { objectOf, text } from '../http/api/schema.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { LdapLinks } from './ldap-links.ts'

export function linkOperations(links: LdapLinks, users: UserAdministration): readonly Operation[] {
  return [
    ...operationsOf({
      area: 'users',
      noun: 'user',
      path: '/api/users/:id/ldap-link',
      entry: 'Its identifier, its DN, its user name or its e-mail address.',
      async link(call, entry) {
        // The entry may belong to an administrator.
        await assertCanMakeAdministrator(call.ctx, { isAdmin: true })
        return links.link(actorOf(call), await assertCanModifyUser(call, users), entry)
      },
      unlink: async (call) => links.unlink(actorOf(call), await assertCanModifyUser(call, users)),
    }),
    ...operationsOf({
      area: 'groups',
      noun: 'group',
      path: '/api/user-groups/:id/ldap-link',
      entry: 'Its identifier, its DN or its group name.',
      link: (call, entry) => links.linkGroup(actorOf(call), call.params.id ?? '', entry),
      unlink: (call) => links.unlinkGroup(actorOf(call), call.params.id ?? ''),
    }),
  ]
}

interface LinkOperationOptions {
  readonly area: 'users' | 'groups'
  readonly noun: 'user' | 'group'
  readonly path: `/api/${string}/:id/ldap-link`
  /** The description of the entry identifiers in the document. */
  readonly entry: string
  readonly link: (call: Call<unknown>, entry: string) => Promise<LdapEntry>
  readonly unlink: (call: Call<unknown>) => Promise<void>
}

function operationsOf({ area, noun, path, entry, link, unlink }: LinkOperationOptions): readonly Operation[] {
  const api = operationsIn(area)
  const kind = noun === 'user' ? 'User' : 'Group'
  return [
    api.put(path, {
      id: `link${kind}ToLdap`,
      summary: `Link a ${noun} to an LDAP entry`,
      body: objectOf({ entry: { ...text, minLength: 1, maxLength: 1024, description: entry } }),
      response: { status: 200, schema: objectOf({ id: text, dn: text }) },
      async handle(call) {
        const { id, dn } = await link(call, call.body.entry)
        return { id, dn }
      },
    }),
    api.delete(path, {
      id: `unlink${kind}FromLdap`,
      summary: `Unlink a ${noun} from its LDAP entry`,
      handle: unlink,
    }),
  ]
}
