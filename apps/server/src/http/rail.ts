import type { PageModel } from './page-models.ts'

/** An entry of the navigation. */
export interface RailEntry {
  /** Its label is the message `frame.rail.NAME`. */
  readonly name: string
  /** The name of a Lucide icon. */
  readonly icon: string
  readonly path: string
  /** The page itself and its subpages. */
  readonly views: readonly PageModel['view'][]
}

/** The navigation in display order. It lists only pages that exist. */
export const rail = {
  own: [
    {
      name: 'account',
      icon: 'user-round',
      path: '/settings/account',
      views: ['account', 'account-security', 'account-data'],
    },
    { name: 'apps', icon: 'app-window', path: '/settings/apps', views: ['apps'] },
    { name: 'apiKeys', icon: 'key-square', path: '/settings/api-keys', views: ['api-keys', 'api-key-renew'] },
    { name: 'activity', icon: 'activity', path: '/settings/audit-log', views: ['audit-log'] },
  ],
  administration: [
    { name: 'overview', icon: 'gauge', path: '/settings/admin', views: ['overview'] },
    {
      name: 'users',
      icon: 'users',
      path: '/settings/admin/users',
      views: ['users', 'user', 'user-new'],
    },
    { name: 'groups', icon: 'group', path: '/settings/admin/user-groups', views: ['groups', 'group', 'group-new'] },
    {
      name: 'clients',
      icon: 'layout-grid',
      path: '/settings/admin/oidc-clients',
      views: [
        'clients',
        'client',
        'client-access',
        'client-activity',
        'client-settings',
        'client-choose',
        'client-new',
        'client-scim',
      ],
    },
    { name: 'apis', icon: 'blocks', path: '/settings/admin/apis', views: ['apis', 'api', 'api-new', 'api-access'] },
    { name: 'approvals', icon: 'user-round-check', path: '/settings/admin/approvals', views: ['approvals'] },
    { name: 'invitations', icon: 'ticket', path: '/settings/admin/invitations', views: ['invitations'] },
    { name: 'jobs', icon: 'clock', path: '/settings/admin/jobs', views: ['jobs', 'backups'] },
    { name: 'auditLog', icon: 'scroll-text', path: '/settings/admin/audit-log', views: ['audit-log-all'] },
    {
      name: 'settings',
      icon: 'settings',
      path: '/settings/admin/application-configuration',
      views: ['settings', 'passkey-policy', 'passkey-policy-review', 'emails', 'ldap'],
    },
  ],
} as const satisfies Readonly<Record<string, readonly RailEntry[]>>
