import type { AdapterPayload } from 'oidc-provider'
import type { Artifact, ArtifactStore } from './artifact-store.ts'

/** Models that belong to a session of an account, beside its grants. */
const models = ['Session', 'AuthorizationCode', 'AccessToken', 'RefreshToken', 'DeviceCode'] as const

/** The session itself, or something that a client was given in it. */
export interface SessionArtifact {
  readonly artifact: Artifact
  readonly payload: AdapterPayload
  /** The `uid` of the session; the approving one's for devices. */
  readonly sessionUid: string | undefined
}

/** Everything of an account that belongs to a session. */
export async function sessionArtifactsOf(
  artifacts: Pick<ArtifactStore, 'listByAccount'>,
  accountId: string,
): Promise<readonly SessionArtifact[]> {
  const found: SessionArtifact[] = []
  for (const model of models)
    for (const artifact of await artifacts.listByAccount(model, accountId)) {
      const payload: AdapterPayload = JSON.parse(artifact.payload)
      found.push({ artifact, payload, sessionUid: artifact.uid ?? payload.sessionUid })
    }
  return found
}

/** The grants under which it was given, or what it gave. */
export function grantIdsOf({ artifact, payload }: SessionArtifact): readonly string[] {
  const authorized = Object.values(payload.authorizations ?? {}).map(({ grantId }) => grantId)
  return [artifact.grantId, ...authorized].filter((id) => typeof id === 'string')
}
