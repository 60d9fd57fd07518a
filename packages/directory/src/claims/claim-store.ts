import type { CustomClaim } from './claim.ts'

/** Whose claims they are. */
export type ClaimOwner = 'user' | 'group'

/** Where custom claims are kept, in the order in which they were given. */
export interface ClaimStore {
  /** The claims of a user or group that is there, in place of those it had. */
  replace(owner: ClaimOwner, id: string, claims: readonly CustomClaim[]): Promise<void>
  /** The claims of each of these groups, in one statement. */
  ofGroups(ids: readonly string[]): Promise<ReadonlyMap<string, readonly CustomClaim[]>>
  /** Every key once, those that are used most first. */
  keysByUse(): Promise<readonly string[]>
}
