import { createApiAccess } from '../apis/access.ts'
import { createApis } from '../apis/apis.ts'
import { removeClientFromApis, renameClientInApis } from '../apis/grants.ts'
import { createInitialAccessTokens } from '../clients/initial-access-tokens.ts'
import { createMetadataDocuments } from '../clients/metadata-documents.ts'
import { createClients } from '../clients/registration.ts'
import { createSecretUses } from '../clients/secret-uses.ts'
import { createSelfRegistration } from '../clients/self-registration.ts'
import { createConnectionLog } from '../connection-log/connection-log.ts'
import { callHost } from '../host-rule.ts'
import { createRegistrar } from '../oidc/registration/registrar.ts'
import type { ResolvedOptions } from './resolved-options.ts'

export type ClientServices = ReturnType<typeof createClientServices>

export function createClientServices(
  options: ResolvedOptions,
  onRestrict: (clientIds: readonly string[]) => Promise<void>,
) {
  const { stores, clock, hookTimeout } = options
  const callHook = (name: string, run: () => Promise<void> | undefined) =>
    callHost({ option: `hooks.${name}`, run, hookTimeout, canReject: true })
  const secretUses = createSecretUses(options)
  const clients = createClients(options, secretUses, {
    onRestrict,
    onRename: async (id, newId) => {
      for (const [secretId, at] of await stores.clients.secretUses(id))
        await stores.clients.recordSecretUse(newId, secretId, at)
      await stores.connectionLog.renameClient(id, newId)
      await stores.consents.renameClient(id, newId)
      await renameClientInApis(stores.apis, id, newId)
      await callHook('onClientRenamed', () => options.onClientRenamed?.(id, newId))
    },
    onRemove: async (id) => {
      await stores.artifacts.destroyByClient(id)
      await stores.consents.removeByClient(id)
      await removeClientFromApis(stores.apis, id)
      await stores.logoutNotices.removeByClient(id)
      await callHook('onClientRemoved', () => options.onClientRemoved?.(id))
    },
  })
  const initialAccessTokens = createInitialAccessTokens(stores.initialAccessTokens, clock)
  const selfRegistration = createSelfRegistration(options)
  return {
    clients,
    initialAccessTokens,
    secretUses,
    registrar: createRegistrar(options, { selfRegistration, initialAccessTokens, clients }),
    metadataDocuments: createMetadataDocuments(options),
    connectionLog: createConnectionLog(stores.connectionLog, clock, (error) => options.onError(error, '')),
    apis: createApis(options),
    apiAccess: createApiAccess(stores),
  }
}
