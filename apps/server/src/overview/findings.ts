import type { BackupStatus } from '../backup/backup-status.ts'
import { type Finding, type FindingName, isUnreachable } from '../diagnosis/finding.ts'
import type { JobItem } from '../jobs/jobs.ts'
import type { FailingProvider } from '../scim/provider-store.ts'
import type { SettingValues } from '../settings/definitions.ts'
import { isNewer } from '../version/version.ts'
import type { EmailCounts, ExpiringItem, ExpiringItems, InstanceStatus, UserCounts } from './overview-store.ts'

export interface FindingInput {
  readonly now: number
  /** The viewer of the page, for findings about their own API keys; `null` without a page. */
  readonly viewerId: string | null
  readonly checked: readonly Finding[]
  readonly jobs: readonly JobItem[]
  readonly scim: readonly FailingProvider[]
  readonly secrets: ExpiringItems<ExpiringItem>
  readonly apiKeys: ExpiringItems<ExpiringItem>
  readonly emails: EmailCounts
  /** Whether a mail server is configured, and whether the settings need one. */
  readonly mail: { readonly isSetUp: boolean; readonly isNeeded: boolean }
  readonly people: UserCounts
  readonly recoveryCodes: SettingValues['recoveryCodes']
  readonly status: InstanceStatus
  readonly keyChangesAt: number | null
  /** `null` if no backups are scheduled. */
  readonly backup: BackupStatus | null
  readonly isBackedUpElsewhere: boolean
  readonly signIns: { readonly succeeded: number; readonly failed: number }
  readonly version: { readonly own: string; readonly latest: string }
}

/** Milliseconds. */
const minute = 60_000
const day = 24 * 60 * minute
/** The mail queue runs every few seconds and retries within minutes. */
const maxQueueDelay = 30 * minute
/** Without scheduled backups. */
const maxExportAge = 30 * day
/** Fewer failures than this are normal. */
const attemptThreshold = 20

const paths = {
  jobs: '/settings/admin/jobs',
  backups: '/settings/admin/backups',
  ldap: '/settings/admin/ldap',
  email: '/settings/admin/application-configuration/email',
  emails: '/settings/admin/emails',
  approvals: '/settings/admin/approvals',
  users: '/settings/admin/users',
  codeUses: '/settings/admin/audit-log?filters[event]=RECOVERY_CODE_USED',
  scim: (id: string) => `/settings/admin/oidc-clients/${encodeURIComponent(id)}/scim`,
  client: (id: string) => `/settings/admin/oidc-clients/${encodeURIComponent(id)}`,
  ownApiKeys: '/settings/api-keys',
  ownSecurity: '/settings/account/security',
  user: (id: string) => `/settings/admin/users/${encodeURIComponent(id)}`,
} as const

/** Whether the last quarter of the lifetime has started, so that nothing needs attention as soon as it is created. */
function endsSoon(now: number, { createdAt, endsAt }: ExpiringItem): boolean {
  return endsAt - now <= (endsAt - createdAt) / 4
}

/** All findings, the most severe first. */
export function findingsOf(input: FindingInput): readonly Finding[] {
  const { now, viewerId, checked, jobs, scim, secrets, apiKeys, emails, mail } = input
  const { people, recoveryCodes, status, keyChangesAt, backup, isBackedUpElsewhere, signIns, version } = input
  const findings: Finding[] = []
  const add = (name: FindingName, severity: Finding['severity'], href: string, overrides: Partial<Finding> = {}) =>
    findings.push({ name, severity, about: null, count: 1, at: null, href, ...overrides })

  for (const { name, lastRun } of jobs)
    if (lastRun?.outcome === 'failed')
      add('jobFailed', 'bad', name === 'sync-ldap' ? paths.ldap : paths.jobs, { about: name, at: lastRun.finishedAt })
  for (const { clientId, clientName, finishedAt } of scim)
    add('scimFailed', 'bad', paths.scim(clientId), { about: clientName, at: finishedAt })
  if (status.isLdapWaiting) add('ldapWaiting', 'bad', paths.ldap)
  for (const secret of secrets.items) {
    const details = { about: secret.name, at: secret.endsAt }
    if (secret.endsAt <= now) add('secretEnded', 'bad', paths.client(secret.id), details)
    else if (endsSoon(now, secret)) add('secretEnds', 'soon', paths.client(secret.id), details)
  }
  for (const { id, name, endsAt } of apiKeys.items.filter((key) => endsSoon(now, key)))
    add('apiKeyEnds', 'soon', id === viewerId ? paths.ownApiKeys : paths.user(id), { about: name, at: endsAt })
  if (emails.failed > 0) add('emailFailed', 'bad', `${paths.emails}?filters[state]=failed`, { count: emails.failed })
  if (emails.waitingSince !== null && now - emails.waitingSince > maxQueueDelay && mail.isSetUp)
    add('emailStuck', 'bad', `${paths.emails}?filters[state]=waiting`, {
      count: emails.waiting,
      at: emails.waitingSince,
    })
  if (mail.isNeeded && !mail.isSetUp) add('emailMissing', 'bad', paths.email)
  if (keyChangesAt !== null && now - keyChangesAt > day) add('keyOverdue', 'bad', paths.jobs, { at: keyChangesAt })
  // A page that is viewed was reachable, even if the server itself is behind a router without NAT loopback.
  for (const finding of checked)
    findings.push(viewerId !== null && isUnreachable(finding) ? { ...finding, severity: 'advice' } : finding)
  if (signIns.failed > attemptThreshold && signIns.failed > signIns.succeeded)
    add('signInsFail', 'soon', '#failures', { count: signIns.failed })
  if (status.approvals > 0) add('approvals', 'soon', paths.approvals, { count: status.approvals })
  if (status.recoveries > 0)
    add('recoveries', 'soon', `${paths.users}?filters[recovery]=pending`, { count: status.recoveries })
  if (status.breakGlassUsedAt !== null) add('breakGlassUsed', 'bad', paths.codeUses, { at: status.breakGlassUsedAt })
  const hasCode = people.hasBreakGlassCode || (recoveryCodes === 'everyone' && people.administratorRecoveryCodes > 0)
  if (people.administratorDevices === 'none')
    add('administratorsWithoutPasskey', hasCode ? 'soon' : 'bad', paths.ownSecurity)
  else if (people.administratorDevices === 'one' && !hasCode)
    add('soleAdministratorOnOneDevice', 'soon', paths.ownSecurity)
  else if (people.administratorsWithSingleDevicePasskey > 0)
    add('administratorOnOneDevice', 'advice', `${paths.users}?filters[isAdmin]=true`, {
      count: people.administratorsWithSingleDevicePasskey,
    })
  if (backup?.problem) add('backupsUnknown', 'bad', paths.backups, { about: backup.target })
  if (backup && backup.problem === null && backup.lastAt !== null && now - backup.lastAt > 2 * backup.intervalMs)
    add('backupOld', 'bad', paths.backups, { at: backup.lastAt })
  if ((backup?.lastAt ?? null) === null && !backup?.problem && !isBackedUpElsewhere) {
    if (status.exportedAt === null) add('backupMissing', 'advice', paths.backups)
    else if (now - status.exportedAt > maxExportAge)
      add('backupOld', 'advice', paths.backups, { at: status.exportedAt })
  }
  if (backup?.isOnSameDisk) add('backupOnSameDisk', 'advice', paths.backups)
  if (isNewer(version.latest, version.own)) add('newVersion', 'advice', '#version', { about: version.latest })
  const rank = { bad: 0, soon: 1, advice: 2 }
  return findings.sort((left, right) => rank[left.severity] - rank[right.severity])
}
