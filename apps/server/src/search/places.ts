import { rail } from '../http/rail.ts'

/** A page that needs no parameters. */
export interface Place {
  /** The message key of its name. */
  readonly title: string
  /** The message key of its parent entry in the navigation; `null` for the entries themselves. */
  readonly within: string | null
  readonly path: string
}

const settings = '/settings/admin/application-configuration'
const below = (entry: string, title: string, path: string): Place => ({ title, within: `frame.rail.${entry}`, path })
const entries = (group: keyof typeof rail): readonly Place[] =>
  rail[group].map(({ name, path }) => ({ title: `frame.rail.${name}`, within: null, path }))

export const places: Readonly<Record<keyof typeof rail, readonly Place[]>> = {
  own: [
    ...entries('own'),
    below('account', 'account.security', '/settings/account/security'),
    below('account', 'account.data', '/settings/account/data'),
  ],
  administration: [
    ...entries('administration'),
    below('users', 'userNew.title', '/settings/admin/users/new'),
    below('groups', 'groupNew.title', '/settings/admin/user-groups/new'),
    below('clients', 'clientNew.title', '/settings/admin/oidc-clients/new'),
    below('settings', 'settings.sections.sign-up', `${settings}/sign-up`),
    below('settings', 'settings.sections.passkeys', '/settings/admin/passkeys'),
    below('settings', 'settings.sections.email', `${settings}/email`),
    below('settings', 'settings.sections.ldap', `${settings}/ldap`),
    below('settings', 'ldap.title', '/settings/admin/ldap'),
    below('settings', 'settings.sections.oidc', `${settings}/oidc`),
    below('settings', 'emails.title', '/settings/admin/emails'),
  ],
}
