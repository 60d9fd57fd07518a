import { rail } from '../http/rail.ts'

/** A page that needs no parameters. */
export interface SearchablePage {
  /** The message key of its name. */
  readonly title: string
  /** The message key of its parent entry in the navigation; `null` for the entries themselves. */
  readonly parent: string | null
  readonly path: string
}

const settings = '/settings/admin/application-configuration'
const childPage = (entry: string, title: string, path: string): SearchablePage => ({
  title,
  parent: `frame.rail.${entry}`,
  path,
})
const navigationPages = (group: keyof typeof rail): readonly SearchablePage[] =>
  rail[group].map(({ name, path }) => ({ title: `frame.rail.${name}`, parent: null, path }))

export const searchablePages: Readonly<Record<keyof typeof rail, readonly SearchablePage[]>> = {
  own: [
    ...navigationPages('own'),
    childPage('account', 'account.security', '/settings/account/security'),
    childPage('account', 'account.data', '/settings/account/data'),
  ],
  administration: [
    ...navigationPages('administration'),
    childPage('users', 'userNew.title', '/settings/admin/users/new'),
    childPage('groups', 'groupNew.title', '/settings/admin/user-groups/new'),
    childPage('clients', 'clientNew.title', '/settings/admin/oidc-clients/new'),
    childPage('jobs', 'backups.title', '/settings/admin/back-ups'),
    childPage('settings', 'settings.sections.sign-up', `${settings}/sign-up`),
    childPage('settings', 'settings.sections.passkeys', '/settings/admin/passkeys'),
    childPage('settings', 'settings.sections.email', `${settings}/email`),
    childPage('settings', 'settings.sections.ldap', `${settings}/ldap`),
    childPage('settings', 'ldap.title', '/settings/admin/ldap'),
    childPage('settings', 'settings.sections.oidc', `${settings}/oidc`),
    childPage('settings', 'emails.title', '/settings/admin/emails'),
  ],
}
