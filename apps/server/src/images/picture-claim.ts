import type { AccountStore } from '@pocket/core'

/** Accounts with the address of their picture, which is there for everybody: initials where nothing else is. */
export function profilePictureAddresses(accounts: AccountStore, appUrl: string): AccountStore {
  return {
    async find(id) {
      const account = await accounts.find(id)
      return account && { ...account, picture: `${appUrl}/api/users/${account.id}/profile-picture.png` }
    },
  }
}
