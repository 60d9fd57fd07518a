import { NotFoundError } from '@pocket/core/errors'
import type { DirectoryContext } from '../context.ts'
import { type CustomClaim, validateClaims } from '../entities/claim.ts'
import { groupNotFound } from '../entities/group.ts'
import { isId } from '../id.ts'

/** The custom claims that clients receive in addition to the standard claims. */
export interface Claims {
  /**
   * Replaces all claims of the user. Returns them as stored.
   *
   * @throws NotFoundError `user_not_found`
   * @throws InvalidInputError `reserved_claim`, `duplicate_claim` (both with `details.key`), `validation_failed`
   */
  replaceForUser(id: string, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
  /** Replaces all claims of a group. @throws NotFoundError `not_found` */
  replaceForGroup(id: string, claims: readonly CustomClaim[]): Promise<readonly CustomClaim[]>
  /** The keys in use, most used first. */
  suggestKeys(): Promise<readonly string[]>
}

export function createClaims({ users, groups, claims, withLock }: DirectoryContext): Claims {
  return {
    async replaceForUser(id, input) {
      const validated = validateClaims(input)
      return withLock(async () => {
        if (!isId(id) || !(await users.find(id))) throw new NotFoundError('user_not_found', 'There is no such user')
        await claims.replace('user', id, validated)
        return validated
      })
    },

    async replaceForGroup(id, input) {
      const validated = validateClaims(input)
      return withLock(async () => {
        if (!isId(id) || !(await groups.find(id))) throw groupNotFound()
        await claims.replace('group', id, validated)
        return validated
      })
    },

    suggestKeys: () => claims.listKeys(),
  }
}
