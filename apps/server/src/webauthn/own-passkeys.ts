import type { Passkey, RequestOrigin } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Deps } from '../http/deps.ts'
import type { Settings } from '../settings/settings.ts'

/** Passkey operations of owners that depend on other sign-in methods, for pages and the REST API. */
export interface OwnPasskeys {
  /** Whether this user can sign in without a passkey: with a code sent to a verified e-mail address. */
  hasOtherSignInMethod(user: Pick<User, 'email' | 'emailVerified'>): Promise<boolean>
  /**
   * Removes one of the user's passkeys and returns it.
   *
   * @throws {ConflictError} `last_passkey` for the last passkey of a user without another sign-in method
   * @throws {NotFoundError} `passkey_not_found`
   */
  remove(user: Pick<User, 'id' | 'email' | 'emailVerified'>, passkeyId: string, origin: RequestOrigin): Promise<Passkey>
}

export function createOwnPasskeys({ pocket, settings }: Deps & { readonly settings: Settings }): OwnPasskeys {
  const { passkeys } = pocket
  const hasOtherSignInMethod: OwnPasskeys['hasOtherSignInMethod'] = async ({ email, emailVerified }) => {
    if (email === null || !emailVerified) return false
    const { emailOneTimeAccessAsUnauthenticatedEnabled, smtpHost } = await settings.values()
    return emailOneTimeAccessAsUnauthenticatedEnabled && smtpHost !== ''
  }
  return {
    hasOtherSignInMethod,
    remove: async (user, passkeyId, origin) =>
      (await hasOtherSignInMethod(user))
        ? passkeys.removeAsAdministrator(user.id, passkeyId, { origin })
        : passkeys.remove(user.id, passkeyId, { origin }),
  }
}
