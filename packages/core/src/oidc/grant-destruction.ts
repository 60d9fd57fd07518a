import { sha256 } from '../hash.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** The models of codes and tokens, which are issued under a grant. */
export const grantedModels = ['AuthorizationCode', 'AccessToken', 'RefreshToken'] as const

/** The model of stored refresh responses; the library has no model of this name. */
export const responseModel = 'RefreshAnswer'

export const siteSessionModel = 'SiteSession'

export function grantKey(grantId: string): string {
  return sha256(`Grant:${grantId}`)
}

/**
 * Revokes a grant and everything issued under it. Destroys the grant first: without it everything else is rejected, and a
 * refresh that has locked it stores its tokens before they are destroyed.
 */
export async function revokeGrant(
  artifacts: Pick<ArtifactStore, 'destroy' | 'destroyByGrant'>,
  grantId: string,
): Promise<void> {
  await artifacts.destroy(grantKey(grantId))
  for (const model of [...grantedModels, responseModel, siteSessionModel])
    await artifacts.destroyByGrant(model, grantId)
}

/** Locks a grant until the enclosing transaction ends. Returns `false` if it was revoked. */
export async function lockGrant(artifacts: Pick<ArtifactStore, 'lock'>, grantId: string): Promise<boolean> {
  return (await artifacts.lock(grantKey(grantId))) !== undefined
}
