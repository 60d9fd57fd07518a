import type { User } from '../users/user.ts'

/** A user, as far as a target is told. */
export type SnapshotUser = Pick<
  User,
  'id' | 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'disabled'
>

/** A group, as far as a target is told. */
export interface SnapshotGroup {
  readonly id: string
  readonly friendlyName: string
  /** Ids of users; not all of them need be in the snapshot. */
  readonly memberIds: readonly string[]
}

/** Who and what is provisioned, all read at one instant. */
export interface DirectorySnapshot {
  readonly users: readonly SnapshotUser[]
  readonly groups: readonly SnapshotGroup[]
}

/** Where snapshots come from. */
export interface SnapshotSource {
  /**
   * Everybody and every group, or these groups and their members. Three statements in one short transaction, which sees
   * nothing of what is written meanwhile.
   */
  read(groupIds: readonly string[] | null): Promise<DirectorySnapshot>
}
