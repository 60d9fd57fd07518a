import { rail } from '../http/rail.ts'

/** A page that needs no parameters. */
export interface SearchablePage {
  /** The message key of its name. */
  readonly title: string
  /** The message key of its parent entry in the navigation; `null` for the entries themselves. */
  readonly parent: string | null
  readonly path: string
}

const childPage = (entry: string, title: string, path: string): SearchablePage => ({
  title,
  parent: `frame.rail.${entry}`,
  path,
})
const navigationPages = (group: keyof typeof rail): readonly SearchablePage[] =>
  rail[group].map(({ name, path }) => ({ title: `frame.rail.${name}`, parent: null, path }))
/** The tabs of the entries, without the first one, which the entry opens. */
const tabPages = (group: keyof typeof rail): readonly SearchablePage[] =>
  rail[group].flatMap(({ name, path, tabs = [] }) =>
    tabs.filter((tab) => tab.path !== path).map((tab) => childPage(name, tab.title, tab.path)),
  )

export const searchablePages: Readonly<Record<keyof typeof rail, readonly SearchablePage[]>> = {
  own: [...navigationPages('own'), ...tabPages('own')],
  administration: [
    ...navigationPages('administration'),
    childPage('users', 'userNew.title', '/settings/admin/users/new'),
    childPage('groups', 'groupNew.title', '/settings/admin/user-groups/new'),
    childPage('clients', 'clientNew.title', '/settings/admin/oidc-clients/new'),
    ...tabPages('administration'),
    childPage('settings', 'ldap.title', '/settings/admin/ldap'),
    childPage('settings', 'emails.title', '/settings/admin/emails'),
  ],
}
