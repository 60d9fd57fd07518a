import { rail } from '../http/rail.ts'

/** A page that somebody can go to without knowing anything but its name. */
export interface Place {
  /** Of its name in the catalogue. */
  readonly title: string
  /** Of the name of the entry of the rail that it belongs to; `null` for those themselves. */
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
