import type { AuditSink, Clock, Pocket, Transaction } from '@pocket/core'
import type { Directory } from '@pocket/directory'
import { type ApiKeys, createApiKeys } from '../api-keys/api-keys.ts'
import type { Mail } from '../email/email-service.ts'
import { createGroupAdministration, type GroupAdministration } from '../groups/group-administration.ts'
import { idsOf } from '../groups/group-dto.ts'
import { userSlot } from '../images/image.ts'
import type { Images } from '../images/images.ts'
import type { Logger } from '../logging/logger.ts'
import type { Settings } from '../settings/settings.ts'
import { type Approvals, createApprovals } from '../sign-up/approvals.ts'
import { endSignUpRequest } from '../sign-up/end-sign-up-request.ts'
import { createSignUpVerification, type SignUpVerification } from '../sign-up/sign-up-verification.ts'
import { createSignupTokens, type SignupTokens } from '../sign-up/signup-tokens.ts'
import { createUserAdministration, type UserAdministration } from '../users/user-administration.ts'
import { userSettingsOf } from '../users/user-settings.ts'
import { createOwnPasskeys, type OwnPasskeys } from '../webauthn/own-passkeys.ts'
import { createPasskeyRemovalReview, type PasskeyRemovalReview } from '../webauthn/passkey-removals.ts'
import type { OpenDatabase } from './open-database.ts'

export interface AdministrationParts {
  readonly logger: Logger
  readonly database: Pick<
    OpenDatabase,
    'apiKeys' | 'signupTokens' | 'reminders' | 'favourites' | 'approvals' | 'masterKey'
  >
  readonly pocket: Pocket
  readonly directory: Directory
  readonly audit: AuditSink
  readonly settings: Settings
  readonly mail: Mail
  readonly images: Images
  readonly transaction: Transaction
  readonly clock: Clock
}

/** User administration, shared by the pages and the REST API. */
export interface Administration {
  readonly apiKeys: ApiKeys
  readonly users: UserAdministration
  readonly groups: GroupAdministration
  readonly signupTokens: SignupTokens
  readonly approvals: Approvals
  readonly signUpVerification: SignUpVerification
  readonly ownPasskeys: OwnPasskeys
  readonly passkeyRemovals: PasskeyRemovalReview
  /** Removes data of other modules about a deleted user, within the transaction. */
  readonly deleteUserData: (userId: string) => Promise<void>
}

export function composeAdministration(parts: AdministrationParts): Administration {
  const { logger, database, pocket, directory, audit, settings, mail, images, transaction, clock } = parts
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
    await database.reminders.removeByAccount(userId)
    await database.favourites.removeByAccount(userId)
    await database.approvals.remove(userId)
    await images.discard(userSlot(userId))
  }
  const users = createUserAdministration({
    directory,
    pocket,
    audit,
    transaction,
    settings: async () => userSettingsOf(await settings.present()),
    isLdapEnabled: async () => (await settings.values()).ldapEnabled,
    deleteUserData,
    async onEnabled(user) {
      const request = await endSignUpRequest(database.approvals, user.id)
      if (request) await mail.approved(user, { note: null, wayBack: request.returnPath })
    },
    scheduleDelivery: () => mail.delivery.trigger(),
  })
  const groups = createGroupAdministration({
    directory,
    pocket,
    audit,
    transaction,
    allowedClientIds: async (groupId) => idsOf(await pocket.clients.allowedTo(groupId)),
    deleteGroupData: (groupId) => pocket.clients.setAllowedTo(groupId, []),
    isLdapEnabled: async () => (await settings.values()).ldapEnabled,
  })
  const signupTokens = createSignupTokens({
    store: database.signupTokens,
    directory,
    audit,
    transaction,
    masterKey: database.masterKey,
    clock,
  })
  const approvals = createApprovals({
    store: database.approvals,
    directory,
    users,
    audit,
    transaction,
    mail,
  })
  const signUpVerification = createSignUpVerification({
    store: database.approvals,
    verification: mail.verification,
    directory,
    deleteUserData,
    audit,
    transaction,
    clock,
  })
  const ownPasskeys = createOwnPasskeys({
    passkeys: pocket.passkeys,
    async codesByEmail() {
      const { emailOneTimeAccessAsUnauthenticatedEnabled, smtpHost } = await settings.values()
      return emailOneTimeAccessAsUnauthenticatedEnabled && smtpHost !== ''
    },
  })
  const passkeyRemovals = createPasskeyRemovalReview({ pocket, directory, apiKeys, audit, transaction })
  return {
    apiKeys,
    users,
    groups,
    signupTokens,
    approvals,
    signUpVerification,
    ownPasskeys,
    passkeyRemovals,
    deleteUserData,
  }
}
