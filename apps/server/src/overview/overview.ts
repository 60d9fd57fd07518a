import { type Clock, defaultKeySchedule } from '@pocket/core'
import type { BackupStatus } from '../backup/backup-status.ts'
import type { Diagnosis } from '../diagnosis/diagnosis.ts'
import type { Finding } from '../diagnosis/finding.ts'
import type { CertificateDates } from '../diagnosis/get-document.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { ScimProviderStore } from '../scim/provider-store.ts'
import type { Settings } from '../settings/settings.ts'
import type { LatestVersion } from '../version/latest-version.ts'
import { serverVersion } from '../version/version.ts'
import { findingsOf } from './findings.ts'
import type {
  EmailCounts,
  ExpiringApiKey,
  ExpiringItem,
  ExpiringItems,
  InstanceStatus,
  OverviewStore,
  UserCounts,
} from './overview-store.ts'
import type { CountPeople } from './people-count.ts'

/** The overview data. Instants in milliseconds since the Unix epoch. */
export interface OverviewData {
  /** The most severe first. */
  readonly findings: readonly Finding[]
  readonly signIns: readonly { readonly at: number; readonly count: number }[]
  readonly failures: {
    /** Most frequent first. */
    readonly reasons: readonly { readonly code: string; readonly count: number }[]
    readonly total: number
  }
  readonly people: UserCounts
  readonly emails: EmailCounts & { readonly isSetUp: boolean }
  readonly secrets: ExpiringItems<ExpiringItem>
  readonly apiKeys: ExpiringItems<ExpiringApiKey>
  readonly status: InstanceStatus
  readonly isLdapEnabled: boolean
  /** The certificate of the public URL; `null` if unknown. */
  readonly certificate: CertificateDates | null
  readonly keyChangesAt: number | null
  /** `null` if no backups are scheduled. */
  readonly backup: BackupStatus | null
  readonly failedJobs: number
  /** `latest` is empty if unknown. */
  readonly version: { readonly own: string; readonly latest: string }
}

/** Reads the overview for this user, or for no page; `showsAllEnds`: with all that expires soon instead of the first. */
export type ReadOverview = (viewerId: string | null, showsAllEnds?: boolean) => Promise<OverviewData>

export interface OverviewDeps {
  readonly store: OverviewStore
  readonly countPeople: CountPeople
  readonly jobs: Pick<Jobs, 'list'>
  readonly scim: Pick<ScimProviderStore, 'listFailing'>
  readonly settings: Pick<Settings, 'lastKnown'>
  readonly latestVersion: Pick<LatestVersion, 'lastKnown'>
  readonly diagnosis: Pick<Diagnosis, 'lastKnown'>
  readonly configurationFindings: () => readonly Finding[]
  /** `undefined` if no backups are scheduled. */
  readonly backups: { readonly status: () => Promise<BackupStatus> } | undefined
  readonly isBackedUpElsewhere: boolean
  readonly clock: Clock
}

/** Milliseconds. */
const day = 86_400_000
const chartDays = 30
const failureDays = 7
/** A flood of rejections is one entry per hour and sender; if it has many senders, this number is a sufficient sample. */
const maxFailures = 10_000
const maxReasons = 5
/** Later expirations need no attention yet. */
const expirationWindow = 30 * day
const maxExpiring = 5
const maxAllExpiring = 1000
const maxFailing = 5

/** Always nine statements: one for each method of the store, for the jobs, and for provisioning. */
export function createOverview(deps: OverviewDeps): ReadOverview {
  const { store, countPeople, jobs, scim, settings, latestVersion } = deps
  const { diagnosis, configurationFindings, backups, isBackedUpElsewhere, clock } = deps
  return async (viewerId, showsAllEnds = false) => {
    const maxEnds = showsAllEnds ? maxAllExpiring : maxExpiring
    const now = clock.now()
    const today = Math.floor(now / day)
    const firstDay = today - chartDays + 1
    const recentSince = now - failureDays * day
    const [days, failures, people, emails, secrets, apiKeys, status, jobItems, failingProviders, values, backup] =
      await Promise.all([
        store.countSignIns(firstDay * day),
        store.countFailures(recentSince, maxFailures),
        countPeople(),
        store.countEmails(recentSince),
        store.listExpiringSecrets(now + expirationWindow, maxEnds),
        store.listExpiringApiKeys({ from: now, to: now + expirationWindow }, maxEnds),
        store.readStatus(now, recentSince),
        jobs.list(),
        scim.listFailing(maxFailing),
        settings.lastKnown(),
        backups?.status() ?? null,
      ])
    const counts = new Map(days.map(({ day: dayNumber, count }) => [dayNumber, count]))
    const signIns = Array.from({ length: chartDays }, (_, index) => firstDay + index).map((dayNumber) => ({
      at: dayNumber * day,
      count: counts.get(dayNumber) ?? 0,
    }))
    const failedCount = sum(failures)
    const isSetUp = values.smtpHost !== ''
    const keyChangesAt = status.keySignsSince === null ? null : status.keySignsSince + defaultKeySchedule.signingPeriod
    const version = { own: serverVersion(), latest: latestVersion.lastKnown() }
    const { findings: diagnosed, certificate } = diagnosis.lastKnown()
    const checked = [...diagnosed, ...configurationFindings()]
    const findings = findingsOf({
      backup,
      isBackedUpElsewhere,
      now,
      viewerId,
      jobs: jobItems,
      scim: failingProviders,
      secrets,
      apiKeys,
      emails,
      mail: { isSetUp, isNeeded: needsEmail(values) },
      people,
      recoveryCodes: values.recoveryCodes,
      status,
      keyChangesAt,
      checked,
      signIns: { succeeded: sum(signIns.slice(-failureDays)), failed: failedCount },
      version,
    })
    const withinWindow = (at: number | null) => (at !== null && at <= now + expirationWindow ? at : null)
    return {
      findings,
      signIns,
      failures: { reasons: failures.slice(0, maxReasons), total: failedCount },
      people,
      emails: { ...emails, isSetUp },
      secrets,
      apiKeys,
      status: { ...status, invitationEndsAt: withinWindow(status.invitationEndsAt) },
      isLdapEnabled: values.ldapEnabled,
      certificate: certificate && withinWindow(certificate.endsAt) !== null ? certificate : null,
      keyChangesAt: withinWindow(keyChangesAt),
      backup,
      failedJobs: jobItems.filter(({ lastRun }) => lastRun?.outcome === 'failed').length,
      version,
    }
  }
}

function needsEmail(values: Awaited<ReturnType<Settings['lastKnown']>>): boolean {
  return [
    values.emailOneTimeAccessAsUnauthenticatedEnabled,
    values.emailOneTimeAccessAsAdminEnabled,
    values.emailVerificationEnabled,
    values.emailLoginNotificationEnabled,
    values.emailApiKeyExpirationEnabled,
    values.recoveryByEmail !== 'disabled',
  ].includes(true)
}

function sum(items: readonly { readonly count: number }[]): number {
  return items.reduce((total, { count }) => total + count, 0)
}
