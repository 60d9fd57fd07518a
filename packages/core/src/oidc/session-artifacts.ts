import type { AdapterPayload } from 'oidc-provider'
import type { Artifact, ArtifactStore } from './artifact-store.ts'
import { grantedModels } from './grant-destruction.ts'

/** Models that belong to a session of an account, in addition to grants. */
const models = ['Session', ...grantedModels, 'DeviceCode'] as const

/** A session, or an artifact issued in it. */
export interface SessionArtifact {
  readonly artifact: Artifact
  readonly payload: AdapterPayload
  /** The `uid` of the session; for devices, of the session that approved them. */
  readonly sessionUid: string | undefined
}

export async function listSessionArtifacts(
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  accountId: string,
): Promise<readonly SessionArtifact[]> {
  const results: SessionArtifact[] = []
  for (const model of models)
    for (const artifact of await artifacts.listByAccount(model, accountId)) {
      const payload: AdapterPayload = JSON.parse(artifact.payload)
      results.push({ artifact, payload, sessionUid: artifact.uid ?? payload.sessionUid })
    }
  return results
}

export function getGrantIds({ artifact, payload }: SessionArtifact): readonly string[] {
  const sessionGrantIds = Object.values(payload.authorizations ?? {}).map(({ grantId }) => grantId)
  return [artifact.grantId, ...sessionGrantIds].filter((id) => typeof id === 'string')
}
