/**
 * Users and groups for `@pocket/core`.
 *
 * @module
 */
export { type CustomClaim, checkedClaims, longestKey, reservedClaims } from './claims/claim.ts'
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
export type { HeldMembership, HeldName, HeldPerson, LdapHeld, LdapMark } from './ldap/held.ts'
export type { LdapImport } from './ldap/ldap-import.ts'
export type {
  GroupChange,
  GroupCreation,
  LdapEntry,
  LdapPlan,
  LdapRules,
  Loss,
  Losses,
  MembershipPlan,
  PersonChange,
  PersonChangeKind,
  PersonCreation,
  PicturePlan,
  SkippedEntry,
} from './ldap/ldap-plan.ts'
export type { DecidedByHand, LdapStore, NameHolder } from './ldap/ldap-store.ts'
export { isEmptyPlan, planLdapImport } from './ldap/plan.ts'
export { LdapError, type LdapErrorCode, ldapErrorCodes } from './ldap/reading/ldap-error.ts'
export type { LdapAttributes, LdapConnectionOptions, LdapLimits, LdapOptions } from './ldap/reading/options.ts'
export { type LdapPreset, type LdapPresetSettings, ldapPresets } from './ldap/reading/presets.ts'
export { type LdapSample, type LdapSampleGroup, searchLdapSample } from './ldap/reading/sample.ts'
export type { LdapStep } from './ldap/reading/socket.ts'
export { ldapSource } from './ldap/reading/source.ts'
export { type LdapConnectionTest, type LdapStepOutcome, testLdapConnection } from './ldap/reading/test-connection.ts'
export type { Page, PageRequest } from './page.ts'
export type { ScimEndpoint } from './scim/connection.ts'
export { type ListingLimits, usualLimits } from './scim/listing.ts'
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
export { mayPass, ScimFailure, type ScimFailureCode, scimFailureCodes } from './scim/scim-failure.ts'
export type { DirectorySnapshot, SnapshotGroup, SnapshotSource, SnapshotUser } from './scim/snapshot.ts'
export { type ScimSyncPorts, syncScim } from './scim/sync.ts'
export type { ScimRemoval } from './scim/take-away.ts'
export { createScimTarget, type ScimTarget, type TargetAbilities, type TargetDescription } from './scim/target.ts'
export { type NewUser, newUser } from './users/create-user.ts'
export type { User, UserDetails } from './users/user.ts'
export { nameKey, type UniqueProperty, type UserStore } from './users/user-store.ts'
export type { NewUserRights, UserRights, Users, UserUpdate } from './users/users.ts'
