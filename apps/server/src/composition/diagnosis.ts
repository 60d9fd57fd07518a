import type { Pocket } from '@pocket/core'
import { databaseOf } from '@pocket/core/internal/sql'
import { ScimError } from '@pocket/directory/internal'
import { createDiagnosis, type Diagnosis } from '../diagnosis/diagnosis.ts'
import { createProxyProbe, type ProxyProbe } from '../diagnosis/proxy-probe.ts'
import { testSmtpConnection } from '../email/transport.ts'
import type { LdapServices } from '../ldap/deps.ts'
import { messageOf } from '../logging/failure.ts'
import type { ScimRuns } from '../scim/runs.ts'
import type { Platform } from './platform.ts'

/** The hourly run reports the others. */
const maxScimTargets = 20
const databaseTime = 'SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now'

export function composeDiagnosis(
  { config, database, settings, clock, logger }: Platform,
  pocket: Pocket,
  { ldap, scimRuns }: { readonly ldap: Pick<LdapServices, 'diagnostics'>; readonly scimRuns: Pick<ScimRuns, 'test'> },
): { readonly diagnosis: Diagnosis; readonly proxyProbe: ProxyProbe } {
  const proxyProbe = createProxyProbe({ masterKey: database.masterKey, trustProxy: config.trustProxy, clock })
  const sql = databaseOf(database.dataSource)
  const diagnosis = createDiagnosis({
    issuer: pocket.issuer,
    origins: config.appOrigins,
    checks: { ...database.checks, keys: pocket.verifyKeys },
    countForeignPasskeys: (rpId) => database.overview.countForeignPasskeys(rpId),
    async databaseTime() {
      // SQLite uses the clock of this machine.
      if (sql.kind !== 'postgres') return null
      const [row] = await sql.query<{ readonly now: string }>(databaseTime)
      return Number(row?.now)
    },
    proxyProbe,
    settings,
    testMail: async (signal) => testSmtpConnection(await settings.lastKnown(), signal),
    testLdap: async () => (await ldap.diagnostics.testConnection()).failure?.code,
    async scimTargets() {
      const providers = await database.scimProviders.listOldest(maxScimTargets)
      return Promise.all(
        providers.map(async (provider) => {
          const { clientId } = provider
          const client = await pocket.clients.find(clientId)
          const test = async (signal: AbortSignal) => {
            try {
              await scimRuns.test(provider, signal)
              return undefined
            } catch (error) {
              return error instanceof ScimError ? error.code : 'timeout'
            }
          }
          return { clientId, clientName: client?.name ?? clientId, test }
        }),
      )
    },
    clock,
    onFailure: (check, error) => logger.warn({ check, reason: messageOf(error) }, 'A check of the instance failed'),
  })
  return { diagnosis, proxyProbe }
}
