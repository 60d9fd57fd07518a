import { sha256 } from '../hash.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** The model of stored refresh responses; the library has no model of this name. */
export const answerModel = 'RefreshAnswer'

const grantedModels = ['AccessToken', 'AuthorizationCode', 'RefreshToken', answerModel]

/** Destroys a grant and everything issued under it. */
export async function destroyGrant(artifacts: ArtifactStore, grantId: string): Promise<void> {
  for (const model of grantedModels) await artifacts.destroyByGrant(model, grantId)
  await artifacts.destroy(sha256(`Grant:${grantId}`))
}
