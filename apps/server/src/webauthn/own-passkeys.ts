import type { Passkey, Pocket, RequestOrigin } from '@pocket/core'
import type { User } from '@pocket/directory'

/** What owners do with their passkeys that depends on what else lets them in, on pages and by the REST API alike. */
export interface OwnPasskeys {
  /** Whether this person gets in without a passkey: by a code that is mailed to a verified address. */
  hasAnotherWayIn(user: Pick<User, 'email' | 'emailVerified'>): Promise<boolean>
  /**
   * Removes a passkey of theirs, and returns which that was.
   *
   * @throws {Conflict} `last_passkey` for the last one of somebody without another way in
   * @throws {NotFound} `passkey_not_found`
   */
  remove(user: Pick<User, 'id' | 'email' | 'emailVerified'>, passkeyId: string, origin: RequestOrigin): Promise<Passkey>
}

export interface OwnPasskeyPorts {
  readonly passkeys: Pick<Pocket['passkeys'], 'remove' | 'removeEvenLast'>
  /** Whether people may ask for a login code by e-mail, and mail is sent. */
  readonly codesByEmail: () => Promise<boolean>
}

export function createOwnPasskeys({ passkeys, codesByEmail }: OwnPasskeyPorts): OwnPasskeys {
  const hasAnotherWayIn: OwnPasskeys['hasAnotherWayIn'] = async ({ email, emailVerified }) =>
    email !== null && emailVerified && (await codesByEmail())
  return {
    hasAnotherWayIn,
    remove: async (user, passkeyId, origin) =>
      (await hasAnotherWayIn(user))
        ? passkeys.removeEvenLast(user.id, passkeyId, { origin })
        : passkeys.remove(user.id, passkeyId, { origin }),
  }
}
