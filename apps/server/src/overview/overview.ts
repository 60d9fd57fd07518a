import { type Clock, defaultKeySchedule } from '@pocket/core'
import type { Jobs } from '../jobs/jobs.ts'
import { isLdapEnabled } from '../ldap/ldap-settings.ts'
import type { ScimProviderStore } from '../scim/provider-store.ts'
import type { Settings } from '../settings/settings.ts'
import type { LatestVersion } from '../version/latest-version.ts'
import { ownVersion } from '../version/version.ts'
import { type Finding, findingsOf } from './findings.ts'
import type {
  ApiKeyEnding,
  EmailCounts,
  Ending,
  Endings,
  OverviewStore,
  PeopleCounts,
  Standing,
} from './overview-store.ts'
import type { CertificateDates, PublicCertificate } from './public-certificate.ts'

/** Whether everything is all right, and what that is made of. Instants in milliseconds since the Unix epoch. */
export interface OverviewFigures {
  /** The worst first. */
  readonly findings: readonly Finding[]
  /** The last 30 days in UTC, today at the end. */
  readonly signIns: readonly { readonly at: number; readonly count: number }[]
  readonly failures: {
    /** The commonest first. */
    readonly reasons: readonly { readonly code: string; readonly count: number }[]
    readonly total: number
  }
  readonly people: PeopleCounts
  readonly emails: EmailCounts & { readonly isSetUp: boolean }
  readonly secrets: Endings<Ending>
  readonly apiKeys: Endings<ApiKeyEnding>
  readonly standing: Standing
  readonly isLdapEnabled: boolean
  /** Of the public address; `null` where it is not known. */
  readonly certificate: CertificateDates | null
  /** When the next signing key takes over by itself. */
  readonly keyChangesAt: number | null
  readonly failedJobs: number
  /** `latest` is empty where it is not known. */
  readonly version: { readonly own: string; readonly latest: string }
}

/** For this account. */
export type ReadOverview = (viewerId: string) => Promise<OverviewFigures>

export interface OverviewPorts {
  readonly store: OverviewStore
  readonly jobs: Pick<Jobs, 'list'>
  readonly scim: Pick<ScimProviderStore, 'failing'>
  readonly settings: Pick<Settings, 'lastKnown'>
  readonly latestVersion: Pick<LatestVersion, 'known'>
  readonly certificate: PublicCertificate
  readonly clock: Clock
}

/** Milliseconds. */
const day = 86_400_000
const chartDays = 30
const failureDays = 7
/** A flood of refusals is one entry an hour and sender; where it comes from everywhere, so many tell enough. */
const maxFailures = 10_000
const reasonsShown = 5
/** Ends that are further away need no look yet. */
const ahead = 30 * day
const endingsShown = 5
const failingShown = 5

/** Of more people than this they are not counted at every look: that takes some tenths of a second. */
const largeInstanceSize = 10_000
const minute = 60_000

/** Always nine statements, whatever there is: one for each of the store's methods, for the jobs, and for provisioning. */
export function createOverview({
  store,
  jobs,
  scim,
  settings,
  latestVersion,
  certificate,
  clock,
}: OverviewPorts): ReadOverview {
  let counted: { readonly people: PeopleCounts; readonly at: number } | undefined
  const countPeople = async (now: number): Promise<PeopleCounts> => {
    const age = counted && now - counted.at
    if (counted && age !== undefined && age >= 0 && age < minute) return counted.people
    const people = await store.people()
    counted = people.total > largeInstanceSize ? { people, at: now } : undefined
    return people
  }
  return async (viewerId) => {
    const now = clock.now()
    const today = Math.floor(now / day)
    const firstDay = today - chartDays + 1
    const recently = now - failureDays * day
    const [days, failures, people, emails, secrets, apiKeys, standing, jobItems, failing, values] = await Promise.all([
      store.signIns(firstDay * day),
      store.failures(recently, maxFailures),
      countPeople(now),
      store.emails(recently),
      store.secrets(now + ahead, endingsShown),
      store.apiKeys({ from: now, to: now + ahead }, endingsShown),
      store.standing(now),
      jobs.list(),
      scim.failing(failingShown),
      settings.lastKnown(),
    ])
    const counts = new Map(days.map(({ day: number, count }) => [number, count]))
    const signIns = Array.from({ length: chartDays }, (_, index) => firstDay + index).map((number) => ({
      at: number * day,
      count: counts.get(number) ?? 0,
    }))
    const failed = sum(failures)
    const isSetUp = values.smtpHost !== ''
    const keyChangesAt = standing.keySignsSince === null ? null : standing.keySignsSince + defaultKeySchedule.signsFor
    const version = { own: ownVersion(), latest: latestVersion.known() }
    const dates = certificate.known()
    const findings = findingsOf({
      now,
      viewerId,
      jobs: jobItems,
      scim: failing,
      secrets,
      apiKeys,
      emails,
      mail: { isSetUp, isNeeded: sendsClaims(values) },
      people,
      standing,
      keyChangesAt,
      certificate: dates,
      signIns: { worked: sum(signIns.slice(-failureDays)), failed },
      version,
    })
    return {
      findings,
      signIns,
      failures: { reasons: failures.slice(0, reasonsShown), total: failed },
      people,
      emails: { ...emails, isSetUp },
      secrets,
      apiKeys,
      standing,
      isLdapEnabled: isLdapEnabled(values),
      certificate: dates,
      keyChangesAt,
      failedJobs: jobItems.filter(({ lastRun }) => lastRun?.outcome === 'failed').length,
      version,
    }
  }
}

/** Whether the settings promise people something that only an e-mail brings. */
function sendsClaims(values: Awaited<ReturnType<Settings['lastKnown']>>): boolean {
  return [
    values.emailOneTimeAccessAsUnauthenticatedEnabled,
    values.emailOneTimeAccessAsAdminEnabled,
    values.emailVerificationEnabled,
    values.emailLoginNotificationEnabled,
    values.emailApiKeyExpirationEnabled,
  ].includes('true')
}

function sum(items: readonly { readonly count: number }[]): number {
  return items.reduce((total, { count }) => total + count, 0)
}
