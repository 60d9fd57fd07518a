import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { mayUse } from '../clients/group-restriction.ts'
import type { Pocket } from '../pocket.ts'
import type { PocketStores } from '../stores.ts'
import { notifyClientsOf } from './logout-notices.ts'

export interface AccessEndsPorts {
  readonly stores: PocketStores & { readonly accounts: AccountStore }
  readonly provider: () => Provider
}

type AccessEnds = Pick<Pocket, 'endAccess' | 'endAccessBy' | 'forgetAccount' | 'withdrawConsent'>

/** How people lose what they were given: all of it, what their groups gave them, or what one client got. */
export function createAccessEnds({ stores, provider }: AccessEndsPorts): AccessEnds {
  const { accounts, transaction } = stores

  const endAccess = (accountId: string) =>
    transaction(async () => {
      for (const { payload } of await stores.artifacts.listByAccount('Session', accountId))
        await notifyClientsOf(provider(), JSON.parse(payload))
      await stores.artifacts.destroyByAccount(accountId)
      await stores.codes.removeByAccount(accountId)
      await stores.reauthentications.removeByAccount(accountId)
      await stores.deviceLogins.removeByAccount(accountId)
    })

  return {
    endAccess,
    endAccessBy: (accountId, groupIds) =>
      transaction(async () => {
        const present = ((await accounts.find(accountId))?.groups ?? []).map(({ id }) => id)
        for (const groupId of groupIds)
          for (const { id } of await stores.clients.allowedTo(groupId)) {
            const client = await stores.clients.find(id)
            if (client && !mayUse(client, present)) await stores.artifacts.destroyByAccountAndClient(accountId, id)
          }
      }),
    forgetAccount: (accountId) =>
      transaction(async () => {
        await endAccess(accountId)
        await stores.connectionLog.removeByAccount(accountId)
        await stores.passkeys.removeByAccount(accountId)
        await stores.consents.removeByAccount(accountId)
      }),
    withdrawConsent: (accountId, clientId) =>
      transaction(async () => {
        await stores.artifacts.destroyByAccountAndClient(accountId, clientId)
        return stores.consents.remove(accountId, clientId)
      }),
  }
}
