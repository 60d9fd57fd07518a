/**
 * What `@pocket/server` shares with the directory, including provisioning by SCIM. It is not for hosts: it changes without
 * notice and is not covered by semantic versioning.
 *
 * @module
 */
export { maxKeyLength, validateClaims } from './entities/claim.ts'
export { groupNames, groupNotFound } from './entities/group.ts'
export { membershipNotFound } from './groups/groups.ts'
export { isId } from './id.ts'
export { countChanges, emptyLdapCounts, ldapCountNames } from './ldap/ldap-changes.ts'
export { importedFields } from './ldap/person-states.ts'
export { type LdapImportState, newImportState } from './ldap/snapshot.ts'
export type { ScimEndpoint } from './scim/connection.ts'
export type { ScimRemoval } from './scim/deprovision.ts'
export type { ListingLimits } from './scim/listing.ts'
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
export { ScimError, type ScimErrorCode } from './scim/scim-error.ts'
export type { DirectorySnapshot, SnapshotGroup, SnapshotSource, SnapshotUser } from './scim/snapshot.ts'
export { type ScimSyncOptions, syncScim } from './scim/sync.ts'
export { createScimTarget, type ScimTarget, type TargetCapabilities, type TargetDescription } from './scim/target.ts'
export { type DirectoryImport, directoryImport, type ImportedClaim } from './typeorm/directory-import.ts'
export { isEmailAddress } from './users/create-user.ts'
export { nameKey } from './users/user-store.ts'
