import type { PageModel } from './page-models.ts'

export interface RailCounts {
  readonly approvals: number
}

/** An entry of the navigation; there are at most eight, so that it fits a screen of 720 pixels. */
export interface RailEntry {
  /** Its label is the message `frame.rail.NAME`. */
  readonly name: string
  readonly icon: string
  readonly path: string
  /** The page itself and its subpages. */
  readonly views: readonly PageModel['view'][]
  readonly count?: keyof RailCounts
  /** The tabs that its pages show, for an entry of several pages. */
  readonly tabs?: readonly RailTab[]
}

/** A page among the tabs of an entry. */
export interface RailTab {
  readonly title: string
  readonly path: string
  readonly view: PageModel['view']
  /** The section, for a view of several tabs. */
  readonly section?: string
  readonly count?: keyof RailCounts
}

const settingsPath = '/settings/admin/application-configuration'
const settingsTab = (section: string, path = `${settingsPath}/${section}`): RailTab => ({
  title: `settings.sections.${section}`,
  path,
  view: 'settings',
  section,
})

/** The navigation in display order. It lists only pages that exist. */
export const rail: Readonly<Record<'own' | 'administration', readonly RailEntry[]>> = {
  own: [
    { name: 'apps', icon: 'app-window', path: '/settings/apps', views: ['apps'] },
    {
      name: 'account',
      icon: 'user-round',
      path: '/settings/account',
      views: ['account', 'account-security', 'account-data', 'api-keys', 'api-key-renew', 'audit-log'],
      tabs: [
        { title: 'account.sections.profile', path: '/settings/account', view: 'account' },
        { title: 'account.sections.security', path: '/settings/account/security', view: 'account-security' },
        { title: 'frame.rail.apiKeys', path: '/settings/api-keys', view: 'api-keys' },
        { title: 'frame.rail.activity', path: '/settings/audit-log', view: 'audit-log' },
        { title: 'account.sections.data', path: '/settings/account/data', view: 'account-data' },
      ],
    },
  ],
  administration: [
    { name: 'overview', icon: 'gauge', path: '/settings/admin', views: ['overview'] },
    {
      name: 'users',
      icon: 'users',
      path: '/settings/admin/users',
      views: ['users', 'user', 'user-new', 'approvals', 'invitations'],
      count: 'approvals',
      tabs: [
        { title: 'frame.rail.users', path: '/settings/admin/users', view: 'users' },
        { title: 'frame.rail.approvals', path: '/settings/admin/approvals', view: 'approvals', count: 'approvals' },
        { title: 'frame.rail.invitations', path: '/settings/admin/invitations', view: 'invitations' },
      ],
    },
    { name: 'groups', icon: 'group', path: '/settings/admin/user-groups', views: ['groups', 'group', 'group-new'] },
    {
      name: 'clients',
      icon: 'layout-grid',
      path: '/settings/admin/oidc-clients',
      views: [
        ...(['clients', 'client', 'client-access', 'client-activity', 'client-settings', 'client-choose'] as const),
        ...(['client-new', 'client-scim', 'apis', 'api', 'api-new', 'api-access'] as const),
      ],
      tabs: [
        { title: 'frame.rail.clients', path: '/settings/admin/oidc-clients', view: 'clients' },
        { title: 'frame.rail.apis', path: '/settings/admin/apis', view: 'apis' },
      ],
    },
    { name: 'auditLog', icon: 'scroll-text', path: '/settings/admin/audit-log', views: ['audit-log-all'] },
    {
      name: 'settings',
      icon: 'settings',
      path: settingsPath,
      views: ['settings', 'passkey-policy', 'passkey-policy-review', 'emails', 'ldap', 'jobs', 'backups'],
      tabs: [
        settingsTab('general', settingsPath),
        settingsTab('sign-up'),
        { title: 'settings.sections.passkeys', path: '/settings/admin/passkeys', view: 'passkey-policy' },
        settingsTab('email'),
        settingsTab('ldap'),
        settingsTab('oidc'),
        { title: 'frame.rail.jobs', path: '/settings/admin/jobs', view: 'jobs' },
        { title: 'backups.title', path: '/settings/admin/backups', view: 'backups' },
      ],
    },
  ],
}
