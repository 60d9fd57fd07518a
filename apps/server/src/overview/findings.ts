import type { BackupStatus } from '../backup/backup-status.ts'
import type { JobItem } from '../jobs/jobs.ts'
import type { FailingProvider } from '../scim/provider-store.ts'
import { isNewer } from '../version/version.ts'
import type { EmailCounts, ExpiringItem, ExpiringItems, InstanceStatus, UserCounts } from './overview-store.ts'
import type { CertificateDates } from './public-certificate.ts'

/**
 * A problem or recommendation, with a link to the page that resolves it. Its message is `overview.findings.NAME` in the
 * catalogue.
 */
export interface Finding {
  readonly name: FindingName
  /** `bad`: something is broken; `soon`: something will break; `advice`: a recommendation. */
  readonly severity: 'bad' | 'soon' | 'advice'
  /** The name of the affected item, if there is exactly one. */
  readonly about: string | null
  /** The number of affected items, if there is no single name. */
  readonly count: number
  /** When it happens or happened, in milliseconds since the Unix epoch. */
  readonly at: number | null
  readonly href: string
}

export const findingNames = [
  'jobFailed',
  'scimFailed',
  'ldapWaiting',
  'secretEnded',
  'emailFailed',
  'emailStuck',
  'emailMissing',
  'keyOverdue',
  'certificateEnded',
  'certificateEnds',
  'signInsFail',
  'secretEnds',
  'apiKeyEnds',
  'approvals',
  'administratorOnOneDevice',
  'backupsUnknown',
  'backupOnSameDisk',
  'newVersion',
] as const
export type FindingName = (typeof findingNames)[number]

export interface FindingInput {
  readonly now: number
  /** The viewer, for findings about their own passkeys. */
  readonly viewerId: string
  readonly jobs: readonly JobItem[]
  readonly scim: readonly FailingProvider[]
  readonly secrets: ExpiringItems<ExpiringItem>
  readonly apiKeys: ExpiringItems<ExpiringItem>
  readonly emails: EmailCounts
  /** Whether a mail server is configured, and whether the settings need one. */
  readonly mail: { readonly isSetUp: boolean; readonly isNeeded: boolean }
  readonly people: UserCounts
  readonly status: InstanceStatus
  readonly keyChangesAt: number | null
  readonly certificate: CertificateDates | null
  /** `null` if no back-ups are scheduled. */
  readonly backup: BackupStatus | null
  /** Within the same period. */
  readonly signIns: { readonly worked: number; readonly failed: number }
  readonly version: { readonly own: string; readonly latest: string }
}

/** Milliseconds. */
const minute = 60_000
const day = 24 * 60 * minute
/** The mail queue runs every few seconds and retries within minutes. */
const maxQueueDelay = 30 * minute
/** Fewer failures than this are normal. */
const attemptThreshold = 20

const paths = {
  jobs: '/settings/admin/jobs',
  backups: '/settings/admin/back-ups',
  ldap: '/settings/admin/ldap',
  email: '/settings/admin/application-configuration/email',
  emails: '/settings/admin/emails',
  approvals: '/settings/admin/approvals',
  users: '/settings/admin/users',
  scim: (id: string) => `/settings/admin/oidc-clients/${encodeURIComponent(id)}/scim`,
  client: (id: string) => `/settings/admin/oidc-clients/${encodeURIComponent(id)}`,
  ownApiKeys: '/settings/api-keys',
  user: (id: string) => `/settings/admin/users/${encodeURIComponent(id)}`,
} as const

/** All findings, the most severe first. */
export function findingsOf(input: FindingInput): readonly Finding[] {
  const {
    now,
    viewerId,
    jobs,
    scim,
    secrets,
    apiKeys,
    emails,
    mail,
    people,
    status,
    keyChangesAt,
    certificate,
    backup,
    signIns,
    version,
  } = input
  const findings: Finding[] = []
  const add = (name: FindingName, severity: Finding['severity'], href: string, overrides: Partial<Finding> = {}) =>
    findings.push({ name, severity, about: null, count: 1, at: null, href, ...overrides })

  for (const { name, lastRun } of jobs)
    if (lastRun?.outcome === 'failed')
      add('jobFailed', 'bad', name === 'sync-ldap' ? paths.ldap : paths.jobs, { about: name, at: lastRun.finishedAt })
  for (const { clientId, clientName, finishedAt } of scim)
    add('scimFailed', 'bad', paths.scim(clientId), { about: clientName, at: finishedAt })
  if (status.isLdapWaiting) add('ldapWaiting', 'bad', paths.ldap)
  for (const { id, name, endsAt } of secrets.items)
    if (endsAt <= now) add('secretEnded', 'bad', paths.client(id), { about: name, at: endsAt })
    else add('secretEnds', 'soon', paths.client(id), { about: name, at: endsAt })
  for (const { id, name, endsAt } of apiKeys.items)
    add('apiKeyEnds', 'soon', id === viewerId ? paths.ownApiKeys : paths.user(id), { about: name, at: endsAt })
  if (emails.failed > 0) add('emailFailed', 'bad', `${paths.emails}?filters[state]=failed`, { count: emails.failed })
  if (emails.waitingSince !== null && now - emails.waitingSince > maxQueueDelay && mail.isSetUp)
    add('emailStuck', 'bad', `${paths.emails}?filters[state]=waiting`, {
      count: emails.waiting,
      at: emails.waitingSince,
    })
  if (mail.isNeeded && !mail.isSetUp) add('emailMissing', 'bad', paths.email)
  if (keyChangesAt !== null && now - keyChangesAt > day) add('keyOverdue', 'bad', paths.jobs, { at: keyChangesAt })
  findings.push(...certificateFindings(certificate, now))
  if (signIns.failed > attemptThreshold && signIns.failed > signIns.worked)
    add('signInsFail', 'soon', '#failures', { count: signIns.failed })
  if (status.approvals > 0) add('approvals', 'soon', paths.approvals, { count: status.approvals })
  if (people.administratorsWithSingleDevicePasskey > 0)
    add('administratorOnOneDevice', 'advice', `${paths.users}?filters[isAdmin]=true`, {
      count: people.administratorsWithSingleDevicePasskey,
    })
  if (backup?.problem) add('backupsUnknown', 'bad', paths.backups, { about: backup.target })
  if (backup?.isOnSameDisk) add('backupOnSameDisk', 'advice', paths.backups)
  if (isNewer(version.latest, version.own)) add('newVersion', 'advice', '#version', { about: version.latest })
  const rank = { bad: 0, soon: 1, advice: 2 }
  return findings.sort((left, right) => rank[left.severity] - rank[right.severity])
}

/** Whether the certificate needs attention: short-lived certificates are renewed when a fraction of their lifetime remains. */
export function certificateFindings(certificate: CertificateDates | null, now: number): readonly Finding[] {
  if (certificate === null) return []
  const { host, startsAt, endsAt } = certificate
  const finding = { about: host, count: 1, at: endsAt, href: '#ends' }
  if (endsAt <= now) return [{ ...finding, name: 'certificateEnded', severity: 'bad' }]
  const isExpiringSoon = endsAt - now < Math.min(7 * day, (endsAt - startsAt) / 4)
  return isExpiringSoon ? [{ ...finding, name: 'certificateEnds', severity: 'soon' }] : []
}
