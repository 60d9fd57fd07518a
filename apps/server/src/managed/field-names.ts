import type { ManagedKind } from './managed.table.ts'

/** Fields of the configuration file that have another name in the audit log. */
const auditNames: Readonly<Partial<Record<ManagedKind, Readonly<Record<string, string>>>>> = {
  users: { username: 'userName', isAdmin: 'administrator' },
  clients: {
    callbackURLs: 'redirectUris',
    logoutCallbackURLs: 'postLogoutRedirectUris',
    launchURL: 'launchUrl',
    pkceEnabled: 'pkceRequired',
  },
}

export function auditFieldOf(kind: ManagedKind, fileField: string): string {
  return auditNames[kind]?.[fileField] ?? fileField
}

export function fileFieldOf(kind: ManagedKind, auditField: string): string {
  return Object.entries(auditNames[kind] ?? {}).find(([, name]) => name === auditField)?.[0] ?? auditField
}
