import type { Artifact, ArtifactStore } from '../../src/oidc/artifact-store.ts'

/** Calls `onFound` after each read of an artifact, before its caller continues. Returns a function that ends this. */
export function interceptReads(artifacts: ArtifactStore, onFound: (found: Artifact) => Promise<void>): () => void {
  const original = { find: artifacts.find.bind(artifacts), findWithGrants: artifacts.findWithGrants.bind(artifacts) }
  artifacts.find = async (key) => {
    const found = await original.find(key)
    if (found) await onFound(found)
    return found
  }
  artifacts.findWithGrants = async (keys) => {
    const found = await original.findWithGrants(keys)
    for (const artifact of found) await onFound(artifact)
    return found
  }
  return () => Object.assign(artifacts, original)
}
