import type { AccountStore } from '@pocket/core'

/** Adds the profile picture URL to accounts; the picture is public and defaults to the initials. */
export function withProfilePictures(accounts: AccountStore, appUrl: string): AccountStore {
  return {
    async find(id) {
      const account = await accounts.find(id)
      return account && { ...account, picture: `${appUrl}/api/users/${account.id}/profile-picture.png` }
    },
  }
}
