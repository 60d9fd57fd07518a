import { type RailEntry, rail } from '../http/rail.ts'
import { passkeys } from '../settings/definitions/passkeys.ts'
import { type SectionName, sections, settingOf } from '../settings/definitions.ts'
import { pathOf } from '../settings/pages/section-page.ts'

/** A page, a part of a page or a setting, at a path without parameters. Everyday words for it are at `search.words.TITLE`. */
export interface SearchablePage {
  readonly kind: 'page' | 'setting'
  readonly title: string
  /** Message keys of its ancestors (breadcrumb); empty for navigation entries. */
  readonly parents: readonly string[]
  readonly path: string
  readonly variable?: string
}

const childPage = (entry: string, title: string, path: string): SearchablePage => ({
  kind: 'page',
  title,
  parents: [`frame.rail.${entry}`],
  path,
})
const navigationPage = ({ name, path }: RailEntry): SearchablePage => ({
  kind: 'page',
  title: `frame.rail.${name}`,
  parents: [],
  path,
})
/** The tabs of the entries, without the first one, which the entry opens. */
const tabPages = (group: keyof typeof rail): readonly SearchablePage[] =>
  rail[group].flatMap(({ name, path, tabs = [] }) =>
    tabs.filter((tab) => tab.path !== path).map((tab) => childPage(name, tab.title, tab.path)),
  )

const sectionPart = (section: SectionName, title: string, id: string): SearchablePage => ({
  kind: 'setting',
  title,
  parents: [`settings.sections.${section}`],
  path: `${pathOf(section)}#${id}`,
})
// `Object.keys` loses the types of the keys.
const sectionSettings = (Object.keys(sections) as SectionName[]).flatMap((section) =>
  sections[section].flatMap(({ name, fields }) =>
    fields.map(
      ({ key }): SearchablePage => ({
        kind: 'setting',
        title: `settings.labels.${key}`,
        parents: [`settings.sections.${section}`, `settings.groups.${name}.title`],
        path: `${pathOf(section)}#f-${key}`,
        variable: settingOf(key).variable,
      }),
    ),
  ),
)
const passkeySettings = Object.entries(passkeys).map(
  ([key, { variable }]): SearchablePage => ({
    kind: 'setting',
    title: `passkeyPolicy.${key}.title`,
    parents: ['settings.sections.passkeys'],
    path: `/settings/admin/passkeys#h-${key}`,
    variable,
  }),
)

export const searchablePages: Readonly<Record<keyof typeof rail, readonly SearchablePage[]>> = {
  own: [
    ...rail.own.map(navigationPage),
    ...tabPages('own'),
    childPage('account', 'preferences.language', '/settings/account#language'),
    childPage('account', 'preferences.theme', '/settings/account#theme'),
  ],
  administration: [
    ...rail.administration.map(navigationPage),
    childPage('users', 'users.add', '/settings/admin/users/new'),
    childPage('groups', 'groups.add', '/settings/admin/user-groups/new'),
    childPage('clients', 'clients.add', '/settings/admin/oidc-clients/new'),
    ...tabPages('administration'),
    childPage('settings', 'ldap.title', '/settings/admin/ldap'),
    childPage('settings', 'emails.title', '/settings/admin/emails'),
    sectionPart('general', 'settings.pictures.title', 'pictures'),
    sectionPart('oidc', 'settings.keys.rotate', 'keys'),
    sectionPart('oidc', 'settings.tokens.title', 'tokens'),
    ...sectionSettings,
    ...passkeySettings,
  ],
}
