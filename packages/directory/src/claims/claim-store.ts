import type { CustomClaim } from '../entities/claim.ts'

/** The kind of owner of a claim. */
export type ClaimOwner = 'user' | 'group'

/** Stores custom claims in their given order. */
export interface ClaimStore {
  /** Replaces the claims of an existing user or group. */
  replace(owner: ClaimOwner, id: string, claims: readonly CustomClaim[]): Promise<void>
  /** The claims of these groups, in one statement. */
  listByGroups(ids: readonly string[]): Promise<ReadonlyMap<string, readonly CustomClaim[]>>
  /** Every key once, most used first. */
  listKeys(): Promise<readonly string[]>
}
