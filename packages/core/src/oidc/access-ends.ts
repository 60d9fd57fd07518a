import type Provider from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import { accessProblem } from '../clients/group-restriction.ts'
import type { CoreContext } from '../context.ts'
import type { Pocket } from '../pocket.ts'
import { endRemainingGrants, endSession, removeClientFromSessions, sessionsOf } from './session-ends.ts'

interface AccessRevocation
  extends Pick<
    Pocket,
    'endAccess' | 'endAccessByGroups' | 'endAccessWithoutSecondPasskey' | 'forgetAccount' | 'withdrawConsent'
  > {
  /** Revokes all grants and tokens of these clients for users who may no longer use them. */
  revokeAccessToClients(clientIds: readonly string[]): Promise<void>
  /** Revokes what groups that require two passkeys gave to the account, if it has fewer now. The account must be locked. */
  revokeAccessOfGroupsRequiringPasskeys(accountId: string): Promise<void>
}

/** Creates the functions that revoke access: of an account, of its groups, or of one client. */
export function createAccessRevocation(
  { stores, builtInRules, countPasskeys }: CoreContext,
  provider: () => Provider,
): AccessRevocation {
  const { accounts, transaction } = stores

  /** Keeps the session and sends a logout notice to this client only. */
  const revokeClientAccess = async (accountId: string, clientId: string) => {
    await removeClientFromSessions(provider(), stores.artifacts, { accountId, clientId })
    await stores.artifacts.destroyByAccountAndClient(accountId, clientId)
  }
  const findGroupIds = async (accountId: string) => (await accounts.find(accountId))?.groups ?? []
  const isAccessDenied = async (client: Client, account: Pick<Account, 'id' | 'groups'>) =>
    builtInRules.allowedGroups && (await accessProblem(client, account, countPasskeys)) !== undefined

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

  const endAccessByGroups = (accountId: string, groupIds: readonly string[]) =>
    transaction(async () => {
      const account = { id: accountId, groups: await findGroupIds(accountId) }
      for (const groupId of groupIds)
        for (const { id } of await stores.clients.allowedTo(groupId)) {
          const client = await stores.clients.find(id)
          if (client && (await isAccessDenied(client, account))) await revokeClientAccess(accountId, id)
        }
    })

  /** @param lock - is called for each account, in the order that transactions lock accounts */
  const revokeAccessToClients = (
    clientIds: readonly string[],
    lock: (accountId: string) => Promise<unknown> = async () => {},
  ) =>
    transaction(async () => {
      const clientsByAccount = new Map<string, Client[]>()
      for (const clientId of clientIds) {
        const client = await stores.clients.find(clientId)
        for (const accountId of client ? await stores.artifacts.accountsOf(clientId) : [])
          if (client) clientsByAccount.set(accountId, [...(clientsByAccount.get(accountId) ?? []), client])
      }
      const ordered = [...clientsByAccount].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [accountId] of ordered) await lock(accountId)
      for (const [accountId, clients] of ordered) {
        const account = { id: accountId, groups: await findGroupIds(accountId) }
        for (const client of clients)
          if (await isAccessDenied(client, account)) await revokeClientAccess(accountId, client.id)
      }
    })

  return {
    endAccess,
    endAccessByGroups,
    revokeAccessToClients: (clientIds) => revokeAccessToClients(clientIds),
    // With the lock, a passkey that is removed at the same time is seen here, or its removal sees the group.
    endAccessWithoutSecondPasskey: (groupId) =>
      transaction(async () =>
        revokeAccessToClients(
          (await stores.clients.allowedTo(groupId)).map(({ id }) => id),
          (accountId) => stores.sessionHistory.lockAccount(accountId),
        ),
      ),
    async revokeAccessOfGroupsRequiringPasskeys(accountId) {
      const requiring = (await findGroupIds(accountId)).filter(({ requiresTwoPasskeys }) => requiresTwoPasskeys)
      if (requiring.length > 0)
        await endAccessByGroups(
          accountId,
          requiring.map(({ id }) => id),
        )
    },
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
