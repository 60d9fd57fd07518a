import { createPublicFetch } from '@pocket/core'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import { createApplicationImages } from '../images/application-images.ts'
import { createClientLogos, maxLogoBytes } from '../images/client-logos.ts'
import { userPictures } from '../images/page-pictures.ts'
import { createProfilePictures } from '../images/profile-pictures.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createScheduler } from '../jobs/scheduler.ts'
import { createOverview } from '../overview/overview.ts'
import { createPeopleCount } from '../overview/people-count.ts'
import { createRecovery } from '../recovery/recovery.ts'
import { createRecoveryRequests } from '../recovery/recovery-requests.ts'
import { createSearch } from '../search/search.ts'
import { createSessionAdministration } from '../sessions/session-administration.ts'
import { createSetUp } from '../set-up/set-up.ts'
import { createLatestVersion } from '../version/latest-version.ts'
import { composeAdministration } from './administration.ts'
import { backupNotes, composeBackupDownloads, composeBackups } from './backups.ts'
import { composeConfiguration } from './configuration/compose.ts'
import { composeDiagnosis } from './diagnosis.ts'
import { composeLdap } from './ldap.ts'
import type { Platform } from './platform.ts'
import { composeProvider } from './provider.ts'
import type { Rendering } from './rendering.ts'
import { composeScim } from './scim.ts'

const logoTimeout = 15_000

/** Everything that the pages, the REST API and the jobs share. */
export type Services = Awaited<ReturnType<typeof composeServices>>

export async function composeServices(platform: Platform, rendering: Rendering) {
  const { config, logger, database, directory, audit, clock, settings, images } = platform
  const { storesOfDirectory, emailService, geoIpService } = platform

  const { providers: scimProviders, open: openScim } = composeScim(platform)
  const provider = await composeProvider({ ...platform, ...rendering }, scimProviders)
  const { pocket } = provider
  const recoveryRequests = createRecoveryRequests({ ...platform, pocket, outbox: emailService.outbox })
  const mail = emailService.open(pocket, recoveryRequests.resolve)
  const scimRuns = openScim(pocket)
  const scheduler = createScheduler({ store: database.jobs, clock, logger })
  const jobs = createJobs({ store: database.jobs, scheduler, audit, clock })
  const clientLogos = createClientLogos(
    images,
    pocket.clients,
    createPublicFetch({
      allowedPrivateHosts: config.allowedPrivateHosts,
      localRanges: config.localIpv6Ranges,
      allowHttp: true,
      maxBytes: maxLogoBytes,
      timeout: logoTimeout,
    }),
  )
  const applicationImages = createApplicationImages(images)
  const administration = composeAdministration(platform, pocket, mail)
  const ldap = composeLdap(platform, pocket, administration, scheduler)
  const latestVersion = createLatestVersion({
    url: config.versionCheckUrl,
    clock,
    onError: (error) => logger.warn({ err: error }, 'The latest version could not be determined'),
  })
  const backups = await composeBackups(platform)
  const configuration = composeConfiguration(platform, { ...administration, pocket, scim: scimProviders })
  const { diagnosis, proxyProbe } = composeDiagnosis(platform, pocket, { ldap, scimRuns })
  const countPeople = createPeopleCount(database.overview, { rpId: new URL(pocket.issuer).hostname, clock })
  return {
    ...platform,
    ...rendering,
    ...provider,
    ...administration,
    ...configuration,
    mail,
    recovery: createRecovery({ ...platform, pocket, secure: pocket.issuer.startsWith('https:') }),
    recoveryRequests,
    scheduler,
    jobs,
    backups,
    backupDownloads: composeBackupDownloads(platform),
    jobNotes: async () => ({ ...geoIpService.notes(), ...(await backupNotes(backups)) }),
    setUp: createSetUp({ ...platform, pocket }),
    sessions: createSessionAdministration({ ...platform, pocket }),
    clientLogos,
    auditLog: database.auditLog,
    favorites: database.favorites,
    applicationImages,
    profilePictures: createProfilePictures(images, applicationImages, directory),
    userPictures: userPictures(images),
    ldap,
    scim: { providers: scimProviders, runs: scimRuns, records: storesOfDirectory.scimRecords },
    latestVersion,
    diagnosis,
    proxyProbe,
    countPeople,
    overview: createOverview({
      store: database.overview,
      countPeople,
      jobs,
      scim: database.scimProviders,
      settings,
      latestVersion,
      backups,
      isBackedUpElsewhere: config.isBackedUpElsewhere === true,
      diagnosis,
      configurationFindings: () => configuration.configurationWatch?.findings() ?? [],
      clock,
    }),
    search: createSearch({ ...platform, pocket }),
  }
}

/** Everything that the pages share. */
export interface PageServices extends Services {
  readonly authentication: Authentication
  readonly reauthentication: ReauthenticationPages
  readonly flashes: Flashes
  readonly secure: boolean
}
