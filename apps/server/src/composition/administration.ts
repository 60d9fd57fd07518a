import type { Pocket } from '@pocket/core'
import { createApiKeys } from '../api-keys/api-keys.ts'
import type { Mail } from '../email/email-service.ts'
import { createGroupAdministration } from '../groups/group-administration.ts'
import { userSlot } from '../images/image.ts'
import { createApprovals } from '../sign-up/approvals.ts'
import { endSignUpRequest } from '../sign-up/end-sign-up-request.ts'
import { createSignUp } from '../sign-up/sign-up.ts'
import { signUpSettingsOf } from '../sign-up/sign-up-settings.ts'
import { createSignUpVerification } from '../sign-up/sign-up-verification.ts'
import { createSignupTokens } from '../sign-up/signup-tokens.ts'
import { createUserAdministration } from '../users/user-administration.ts'
import { createOwnPasskeys } from '../webauthn/own-passkeys.ts'
import { createPasskeyRemovalReview } from '../webauthn/passkey-removals.ts'
import type { Platform } from './platform.ts'

export type Administration = ReturnType<typeof composeAdministration>

export function composeAdministration(platform: Platform, pocket: Pocket, mail: Mail) {
  const { logger, database, audit, settings, images, transaction, clock } = platform
  const apiKeys = createApiKeys({
    store: database.apiKeys,
    recordCredential: pocket.recordCredential,
    lockAccountOf: pocket.lockAccountOf,
    transaction,
    audit,
    clock,
    onError: (error) => logger.error({ err: error }, 'The use of an API key could not be recorded'),
  })
  const deleteUserData = async (userId: string) => {
    await pocket.forgetAccount(userId)
    await apiKeys.removeByOwner(userId)
    await mail.forget(userId)
    await database.bootstrapAccounts.remove(userId)
    await database.reminders.removeByAccount(userId)
    await database.recoveries.removeByAccount(userId)
    await database.favorites.removeByAccount(userId)
    await database.approvals.remove(userId)
    await images.discard(userSlot(userId))
  }
  const users = createUserAdministration({
    ...platform,
    pocket,
    deleteUserData,
    bootstrapAccounts: database.bootstrapAccounts,
    async onEnabled(user) {
      const request = await endSignUpRequest(database.approvals, user.id)
      if (request) await mail.notifyApproved(user, { note: null, returnPath: request.returnPath })
    },
    scheduleDelivery: () => mail.delivery.trigger(),
  })
  const groups = createGroupAdministration({ ...platform, pocket })
  const signUpDeps = {
    ...platform,
    pocket,
    mail,
    deleteUserData,
    signUpSettings: async () => signUpSettingsOf(await settings.present()),
  }
  const ownPasskeys = createOwnPasskeys({ ...platform, pocket })
  const passkeyRemovals = createPasskeyRemovalReview({ ...platform, pocket, apiKeys })
  return {
    apiKeys,
    users,
    groups,
    signUp: createSignUp(signUpDeps),
    signUpSettings: signUpDeps.signUpSettings,
    signupTokens: createSignupTokens(signUpDeps),
    approvals: createApprovals({ ...signUpDeps, users }),
    signUpVerification: createSignUpVerification(signUpDeps, mail.verification),
    ownPasskeys,
    passkeyRemovals,
    /** Removes data of other modules about a deleted user, within the transaction. */
    deleteUserData,
  }
}
