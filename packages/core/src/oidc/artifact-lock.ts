import type { Artifact, ArtifactStore } from './artifact-store.ts'

/** Locks an artifact until the enclosing transaction ends. Returns `false` if it does not exist. */
export async function lockArtifact(
  artifacts: Pick<ArtifactStore, 'refresh'>,
  find: () => Promise<Artifact | undefined>,
): Promise<boolean> {
  for (;;) {
    const found = await find()
    if (!found) return false
    if (await artifacts.refresh(found, found.payload)) return true
  }
}
