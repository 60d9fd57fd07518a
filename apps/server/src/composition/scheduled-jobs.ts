import { endMemberships } from '../groups/membership-ends.ts'
import type { Job } from '../jobs/scheduler.ts'
import type { Services } from './services.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** How long an openly registered client that was never used is kept. */
const unusedClientLifetime = 30 * day

/** Scheduled jobs of an instance. Each name has a sentence below `jobs.names` in the catalog. */
export function scheduledJobs(services: Services): readonly Job[] {
  const { auditChain, auditOutbox, logger } = services
  const { pocket, directory, database, signUpVerification, settings, images, mail, ldap, geoIpService, audit, clock } =
    services
  return [
    {
      name: 'remove-expired',
      // Rows are kept for one minute after expiry, so this interval removes them within five minutes.
      intervalMs: 3 * minute,
      async run(signal) {
        while (!signal.aborted && (await pocket.removeExpired(200)) > 0);
      },
    },
    { name: 'send-logout-notices', intervalMs: 5000, run: (signal) => pocket.sendLogoutNotices(signal) },
    {
      name: 'remove-expired-signup-tokens',
      intervalMs: hour,
      run: () => database.signupTokens.removeExpired(clock.now()),
    },
    {
      name: 'send-recovery-codes',
      intervalMs: minute,
      run: (signal) => services.recoveryRequests.sendDue(signal),
    },
    { name: 'end-memberships', intervalMs: minute, run: () => endMemberships({ directory, pocket, audit }) },
    {
      name: 'remove-unused-clients',
      intervalMs: hour,
      async run(signal) {
        while (!signal.aborted && (await pocket.removeUnusedClients(unusedClientLifetime, 100)) > 0);
      },
    },
    { name: 'remove-discarded-images', intervalMs: hour, run: () => images.removeDiscarded() },
    { name: 'refresh-authenticator-metadata', intervalMs: day, run: () => pocket.refreshAuthenticatorMetadata() },
    { name: 'rotate-keys', intervalMs: minute, run: () => pocket.rotateKeys() },
    {
      name: 'remove-old-audit-entries',
      intervalMs: hour,
      async run(signal) {
        const { auditLogRetentionDays } = await settings.present()
        const cutoff = clock.now() - auditLogRetentionDays * day
        await auditChain.removeBefore(cutoff, signal)
        const lost = await database.auditOutbox.removeBefore(cutoff)
        if (lost > 0) logger.error({ lost }, 'Audit events were not forwarded before their retention ended')
      },
    },
    { name: 'seal-audit-log', intervalMs: 10 * minute, run: (signal) => auditChain.seal(signal) },
    ...(auditOutbox
      ? [{ name: 'forward-audit-log', intervalMs: 5000, run: (signal: AbortSignal) => auditOutbox.send(signal) }]
      : []),
    {
      name: 'remove-unverified-signups',
      intervalMs: hour,
      run: () => signUpVerification.removeExpired(),
    },
    // Polls for due runs: five minutes after the last change, and every hour.
    { name: 'sync-scim', intervalMs: minute / 2, run: (signal) => services.scim.runs.runDue(signal) },
    ...(services.backups ? [services.backups.job] : []),
    ...geoIpService.jobs,
    ldap.sync.job,
    ...mail.jobs,
  ]
}
