import type { Passkey, Pocket, RequestOrigin } from '@pocket/core'
import type { User } from '@pocket/directory'

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

export interface OwnPasskeyPorts {
  readonly passkeys: Pick<Pocket['passkeys'], 'remove' | 'removeEvenLast'>
  /** Whether users may request a login code by e-mail, and e-mail is configured. */
  readonly codesByEmail: () => Promise<boolean>
}

export function createOwnPasskeys({ passkeys, codesByEmail }: OwnPasskeyPorts): OwnPasskeys {
  const hasOtherSignInMethod: OwnPasskeys['hasOtherSignInMethod'] = async ({ email, emailVerified }) =>
    email !== null && emailVerified && (await codesByEmail())
  return {
    hasOtherSignInMethod,
    remove: async (user, passkeyId, origin) =>
      (await hasOtherSignInMethod(user))
        ? passkeys.removeEvenLast(user.id, passkeyId, { origin })
        : passkeys.remove(user.id, passkeyId, { origin }),
  }
}
