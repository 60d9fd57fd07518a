import type { MigrationTarget } from './migration-target.ts'

const discard = async (): Promise<void> => undefined

export const dryRunTarget: MigrationTarget = {
  users: discard,
  groups: discard,
  memberships: discard,
  userClaims: discard,
  groupClaims: discard,
  ldapStates: discard,
  passkeys: discard,
  passkeyRpId: discard,
  apiKeys: discard,
  clients: discard,
  apis: discard,
  apiGrants: discard,
  consents: discard,
  scimTargets: discard,
  signupTokens: discard,
  loginCodes: discard,
  auditEntries: discard,
  settings: discard,
  pictures: discard,
  grants: discard,
  tokens: discard,
  signingKey: discard,
}
