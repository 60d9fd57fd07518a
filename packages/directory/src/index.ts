/**
 * Users and groups for `@pocket/core`.
 *
 * @module
 */
export { type CustomClaim, checkedClaims, maxKeyLength, reservedClaims } from './claims/claim.ts'
export type { ClaimOwner, ClaimStore } from './claims/claim-store.ts'
export type { Claims } from './claims/claims.ts'
export { createDirectory, type Directory, type DirectoryPorts } from './directory.ts'
export type { Group, GroupItem, GroupWithClaims } from './groups/group.ts'
export type { GroupStore } from './groups/group-store.ts'
export {
  type GroupDetails,
  type Groups,
  type GroupUpdate,
  groupNotFound,
  type Member,
  type MemberPage,
  membershipNotFound,
} from './groups/groups.ts'
export type { Membership, MembershipChange, MembershipStore } from './groups/membership-store.ts'
export {
  type LdapAnswer,
  type LdapGroup,
  type LdapPerson,
  type LdapProblem,
  type LdapSource,
  ldapProblemCodes,
} from './ldap/answer.ts'
export { type LdapApplied, type LdapCounts, type LdapHost, type LdapOutcome, nothingCounted } from './ldap/applied.ts'
export type { LdapImport } from './ldap/ldap-import.ts'
export type {
  GroupChange,
  GroupCreation,
  LdapEntry,
  LdapPlan,
  LdapRules,
  MembershipPlan,
  PersonChange,
  PersonChangeKind,
  PersonCreation,
  PicturePlan,
  Removal,
  Removals,
  SkippedEntry,
} from './ldap/ldap-plan.ts'
export type { LdapStore, ManualDecision, NameHolder } from './ldap/ldap-store.ts'
export { isEmptyPlan, planLdapImport } from './ldap/plan.ts'
export { LdapError, type LdapErrorCode, ldapErrorCodes } from './ldap/reading/ldap-error.ts'
export type { LdapAttributes, LdapConnectionOptions, LdapLimits, LdapOptions } from './ldap/reading/options.ts'
export { type LdapPreset, type LdapPresetSettings, ldapPresets } from './ldap/reading/presets.ts'
export { type LdapSample, type LdapSampleGroup, searchLdapSample } from './ldap/reading/sample.ts'
export type { LdapStep } from './ldap/reading/socket.ts'
export { ldapSource } from './ldap/reading/source.ts'
export { type LdapConnectionTest, type LdapStepOutcome, testLdapConnection } from './ldap/reading/test-connection.ts'
export type { KnownMembership, KnownName, KnownUser, LdapMark, LdapSnapshot } from './ldap/snapshot.ts'
export type { Page, PageRequest } from './page.ts'
export type { ScimEndpoint } from './scim/connection.ts'
export type { ScimRemoval } from './scim/deprovision.ts'
export { defaultLimits, type ListingLimits } from './scim/listing.ts'
export type { ScimRecord, ScimRecordStore } from './scim/record-store.ts'
export {
  hasChanged,
  isComplete,
  type ScimCounts,
  type ScimProblem,
  type ScimProblemCode,
  type ScimReport,
  scimProblemCodes,
} from './scim/report.ts'
export type { RemoteResource, ScimKind } from './scim/resource.ts'
export { type Pause, pauseByTimer } from './scim/retries.ts'
export { isTransient, ScimError, type ScimErrorCode, scimErrorCodes } from './scim/scim-error.ts'
export type { DirectorySnapshot, SnapshotGroup, SnapshotSource, SnapshotUser } from './scim/snapshot.ts'
export { type ScimSyncPorts, syncScim } from './scim/sync.ts'
export { createScimTarget, type ScimTarget, type TargetAbilities, type TargetDescription } from './scim/target.ts'
export { type NewUser, newUser } from './users/create-user.ts'
export type { User, UserDetails } from './users/user.ts'
export { nameKey, type UniqueProperty, type UserStore } from './users/user-store.ts'
export type { NewUserRights, UserRights, Users, UserUpdate } from './users/users.ts'
