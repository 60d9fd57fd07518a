import type { User } from '../entities/user.ts'

/** The user fields that are sent to a target. */
export type SnapshotUser = Pick<
  User,
  'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'disabled'
>

/** The group fields that are sent to a target. */
export interface SnapshotGroup {
  readonly id: string
  readonly friendlyName: string
  /** User IDs, which may include users outside the snapshot. */
  readonly memberIds: readonly string[]
}

/** The users and groups to provision, read at one point in time. */
export interface DirectorySnapshot {
  readonly users: readonly SnapshotUser[]
  readonly groups: readonly SnapshotGroup[]
}

/** Reads snapshots. */
export interface SnapshotSource {
  /**
   * All users and groups, or these groups and their members. Three statements in one short transaction, isolated from
   * concurrent writes.
   */
  read(groupIds: readonly string[] | null): Promise<DirectorySnapshot>
}
