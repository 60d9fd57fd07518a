import { createPublicFetch, type Pocket } from '@pocket/core'
import { createScimProviders, type ScimProviders } from '../scim/providers.ts'
import { createScimRuns, type ScimRuns } from '../scim/runs.ts'
import type { Platform } from './platform.ts'

/** Limits of one request to a SCIM target, sized for a page of a thousand users or a group with tens of thousands of members. */
const byteLimit = 32 * 1024 * 1024
const timeout = 30_000

/** SCIM provisioning; runs are created once the provider exists. */
export function composeScim(platform: Platform) {
  const { config, logger, database, storesOfDirectory, audit, transaction, clock } = platform
  const { scimRecords: records, snapshots: source } = storesOfDirectory
  const { scimProviders: store, masterKey } = database
  let pocket: Pick<Pocket, 'clients'> | undefined
  const clients = () => {
    if (!pocket) throw new TypeError('The provider has not been created yet')
    return pocket.clients
  }
  const providers: ScimProviders = createScimProviders({
    store,
    records,
    clients,
    masterKey,
    audit,
    transaction,
    clock,
  })
  return {
    providers,
    open(opened: Pick<Pocket, 'clients'>): ScimRuns {
      pocket = opened
      const fetch = createPublicFetch({
        allowedPrivateHosts: config.allowedPrivateHosts,
        localRanges: config.localIpv6Ranges,
        maxBytes: byteLimit,
        timeout,
      })
      const onError = (error: unknown) => logger.error({ err: error }, 'SCIM provisioning failed')
      return createScimRuns({
        store,
        providers,
        records,
        source,
        clients: opened.clients,
        fetch,
        audit,
        clock,
        onError,
      })
    },
  }
}
