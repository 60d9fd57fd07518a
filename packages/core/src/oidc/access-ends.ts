import type Provider from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import { isAllowedToUse } from '../clients/group-restriction.ts'
import type { CoreContext } from '../context.ts'
import type { Pocket } from '../pocket.ts'
import { endRemainingGrants, endSession, removeClientFromSessions, sessionsOf } from './session-ends.ts'

interface AccessRevocation
  extends Pick<Pocket, 'endAccess' | 'endAccessByGroups' | 'forgetAccount' | 'withdrawConsent'> {
  /** Revokes all grants and tokens of these clients for users who may no longer use them. */
  revokeAccessToClients(clientIds: readonly string[]): Promise<void>
}

/** Creates the functions that revoke access: of an account, of its groups, or of one client. */
export function createAccessRevocation(
  { stores, builtInRules }: CoreContext,
  provider: () => Provider,
): AccessRevocation {
  const { accounts, transaction } = stores

  /** Keeps the session and sends a logout notice to this client only. */
  const revokeClientAccess = async (accountId: string, clientId: string) => {
    await removeClientFromSessions(provider(), stores.artifacts, { accountId, clientId })
    await stores.artifacts.destroyByAccountAndClient(accountId, clientId)
  }
  const isAccessDenied = (client: Client, groupIds: readonly string[]) =>
    builtInRules.allowedGroups && !isAllowedToUse(client, groupIds)
  const getGroupIds = async (accountId: string) => ((await accounts.find(accountId))?.groups ?? []).map(({ id }) => id)

  const endAccess = (accountId: string) =>
    transaction(async () => {
      await stores.sessionHistory.lockAccount(accountId)
      // End sessions first, so that a concurrent authorization waits and then finds its session ended.
      for (const { uid } of await sessionsOf(stores.artifacts, accountId)) await endSession(provider(), stores, uid)
      await endRemainingGrants(provider(), stores.artifacts, { accountId, exceptUid: null })
      await stores.artifacts.destroyByAccount(accountId)
      await stores.codes.expireByAccount(accountId)
      await stores.reauthentications.removeByAccount(accountId)
      await stores.deviceLogins.removeByAccount(accountId)
    })

  return {
    endAccess,
    endAccessByGroups: (accountId, groupIds) =>
      transaction(async () => {
        const currentGroupIds = await getGroupIds(accountId)
        for (const groupId of groupIds)
          for (const { id } of await stores.clients.allowedTo(groupId)) {
            const client = await stores.clients.find(id)
            if (client && isAccessDenied(client, currentGroupIds)) await revokeClientAccess(accountId, id)
          }
      }),
    revokeAccessToClients: (clientIds) =>
      transaction(async () => {
        const clientsByAccount = new Map<string, Client[]>()
        for (const clientId of clientIds) {
          const client = await stores.clients.find(clientId)
          for (const accountId of client ? await stores.artifacts.accountsOf(clientId) : [])
            if (client) clientsByAccount.set(accountId, [...(clientsByAccount.get(accountId) ?? []), client])
        }
        for (const [accountId, clients] of [...clientsByAccount].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const groupIds = await getGroupIds(accountId)
          for (const client of clients)
            if (isAccessDenied(client, groupIds)) await revokeClientAccess(accountId, client.id)
        }
      }),
    forgetAccount: (accountId) =>
      transaction(async () => {
        await endAccess(accountId)
        await stores.codes.removeByAccount(accountId)
        await stores.connectionLog.removeByAccount(accountId)
        await stores.passkeys.removeByAccount(accountId)
        await stores.sessionHistory.removeByAccount(accountId)
        await stores.consents.removeByAccount(accountId)
      }),
    withdrawConsent: (accountId, clientId) =>
      transaction(async () => {
        await revokeClientAccess(accountId, clientId)
        return stores.consents.remove(accountId, clientId)
      }),
  }
}
