import { createApiAccess } from '../apis/access.ts'
import { createApis } from '../apis/apis.ts'
import { removeClientFromApis } from '../apis/grants.ts'
import { createInitialAccessTokens } from '../clients/initial-access-tokens.ts'
import { createMetadataDocuments } from '../clients/metadata-documents.ts'
import { createClients } from '../clients/registration.ts'
import { createSecretUses } from '../clients/secret-uses.ts'
import { createSelfRegistration } from '../clients/self-registration.ts'
import { createConnectionLog } from '../connection-log/connection-log.ts'
import { sealedSecret } from '../oidc/client-metadata.ts'
import { createRegistrar } from '../oidc/registration/registrar.ts'
import type { ResolvedOptions } from './resolved-options.ts'

export type ClientServices = ReturnType<typeof createClientServices>

/** Creates the services for clients, their registration and the APIs. */
export function createClientServices(options: ResolvedOptions, onRestrict: (clientId: string) => Promise<void>) {
  const { stores, clock, audit, fetch, redirectUriPolicy, masterKey } = options
  const { transaction } = stores
  const onError = (error: unknown) => options.onError(error, '')
  const secretUses = createSecretUses({ store: stores.clients, clock, onError })
  const registration = {
    store: stores.clients,
    fetchUrl: fetch,
    clock,
    redirectUriPolicy,
    transaction,
    sealSecret: (plain: string) => masterKey.encrypt(sealedSecret, plain),
  }
  const clients = createClients({
    ...registration,
    secretUses,
    onRestrict,
    onRemove: async (id) => {
      await stores.artifacts.destroyByClient(id)
      await stores.consents.removeByClient(id)
      await removeClientFromApis(stores.apis, id)
      await stores.logoutNotices.removeByClient(id)
      await options.onClientRemoved?.(id)
    },
  })
  const initialAccessTokens = createInitialAccessTokens(stores.initialAccessTokens, clock)
  return {
    clients,
    initialAccessTokens,
    secretUses,
    registrar: createRegistrar({
      policy: options.registration,
      selfRegistration: createSelfRegistration(registration),
      initialAccessTokens,
      clients,
      before: options.before,
      audit,
      transaction,
    }),
    metadataDocuments: createMetadataDocuments({
      store: stores.clients,
      before: options.before,
      clock,
      fetch,
      transaction,
      patterns: async () => (await options.registration()).documentPatterns,
      withdrawConsents: (id) => stores.consents.removeByClient(id),
    }),
    connectionLog: createConnectionLog({ store: stores.connectionLog, clock, onError }),
    apis: createApis({
      store: stores.apis,
      clients: stores.clients,
      clock,
      transaction,
      issuer: options.issuer.id,
    }),
    apiAccess: createApiAccess(stores),
  }
}
