/**
 * Users and groups for `@pocket/core`.
 *
 * @module
 */

export type { ClaimOwner, ClaimStore } from './claims/claim-store.ts'
export type { Claims } from './claims/claims.ts'
export type { DirectoryPorts } from './context.ts'
export { createDirectory, type Directory } from './directory.ts'
export type { CustomClaim } from './entities/claim.ts'
export type { Group, GroupItem, GroupWithClaims } from './entities/group.ts'
export type { ManualDecision, User, UserDetails } from './entities/user.ts'
export type { GroupStore } from './groups/group-store.ts'
export type { GroupDetails, Groups, GroupUpdate, Member, MemberPage } from './groups/groups.ts'
export type { LdapChanges, LdapCounts, LdapHost, LdapOutcome } from './ldap/ldap-changes.ts'
export type { LdapEntries, LdapGroup, LdapPerson, LdapProblem, LdapSource } from './ldap/ldap-entries.ts'
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
  RemovalCount,
  RemovalSummary,
  SkippedEntry,
} from './ldap/ldap-plan.ts'
export type { LdapStore, NameHolder } from './ldap/ldap-store.ts'
export { LdapError, type LdapErrorCode } from './ldap/reading/ldap-error.ts'
export type { LdapAttributes, LdapConnectionOptions, LdapLimits, LdapOptions } from './ldap/reading/options.ts'
export { type LdapPreset, type LdapPresetSettings, ldapPresets } from './ldap/reading/presets.ts'
export { type LdapSample, type LdapSampleGroup, searchLdapSample } from './ldap/reading/sample.ts'
export type { LdapStep } from './ldap/reading/socket.ts'
export { ldapSource } from './ldap/reading/source.ts'
export { type LdapConnectionTest, type LdapStepOutcome, testLdapConnection } from './ldap/reading/test-connection.ts'
export type { KnownMembership, KnownUser, LdapImportState, LdapSnapshot, LocalUser } from './ldap/snapshot.ts'
export type { Page, PageRequest } from './page.ts'
export { type NewUser, newUser } from './users/create-user.ts'
export type { Membership, MembershipChange, MembershipStore } from './users/membership-store.ts'
export type { UniqueProperty, UserStore } from './users/user-store.ts'
export type { NewUserRights, UserRemovalOptions, UserRights, Users, UserUpdate } from './users/users.ts'
