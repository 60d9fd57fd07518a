import { type Artifact, type ArtifactStore, type Leeway, latestExpiry } from '../oidc/artifact-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere } from './memory-state.ts'

export function createMemoryArtifactStore(state: MemoryState): ArtifactStore {
  const artifacts = state.map<Artifact>()

  const find = (key: string) => artifacts.get(key)
  const findArtifact = (matches: (artifact: Artifact) => boolean) => [...artifacts.values()].find(matches)
  const removeArtifacts = (matches: (artifact: Artifact) => boolean) => removeWhere(artifacts, matches)

  const upsert = (artifact: Artifact) => {
    const existing = artifacts.get(artifact.key)
    const { consumedAt, timesConsumed, polledAt } = existing ?? artifact
    artifacts.set(artifact.key, { ...artifact, consumedAt, timesConsumed, polledAt })
  }

  const consume = (key: string, at: number, { milliseconds, uses }: Leeway = { milliseconds: 0, uses: 1 }) => {
    const artifact = artifacts.get(key)
    if (artifact === undefined) return false
    const { consumedAt, timesConsumed } = artifact
    if (consumedAt !== null && (consumedAt <= at - milliseconds || (timesConsumed ?? 1) >= uses)) return false
    artifacts.set(key, { ...artifact, consumedAt: consumedAt ?? at, timesConsumed: (timesConsumed ?? 0) + 1 })
    return true
  }

  return state.store<ArtifactStore>({
    upsert,
    insert: (artifact) => addValue(artifacts, artifact.key, artifact),

    insertPending(artifact, max, now) {
      const pending = [...artifacts.values()].filter(
        ({ network, model, accountId, consumedAt, expiresAt }) =>
          network === artifact.network &&
          model === artifact.model &&
          accountId === null &&
          consumedAt === null &&
          (expiresAt ?? 0) > now &&
          (expiresAt ?? 0) <= latestExpiry(artifact),
      )
      return pending.length < max && addValue(artifacts, artifact.key, artifact)
    },

    replace(key, artifact, before) {
      const existing = artifacts.get(key)
      if (existing?.payload !== before) return false
      artifacts.delete(key)
      artifacts.set(artifact.key, { ...artifact, network: existing.network })
      return true
    },

    refresh({ key, payload, expiresAt }, before) {
      const existing = artifacts.get(key)
      if (existing?.payload !== before) return false
      artifacts.set(key, { ...existing, payload, expiresAt })
      return true
    },

    find,
    findWithGrants: (keys) => keys.map((key) => artifacts.get(key)).filter((found) => found !== undefined),

    /** The transactions of this store run one at a time. */
    findWithSession(key) {
      const found = artifacts.get(key)
      const isSession = ({ model, uid }: Artifact) => model === 'Session' && uid !== null && uid === found?.uid
      return found ? [found, ...[...artifacts.values()].filter(isSession)] : []
    },

    lock: find,
    findByUid: (model, uid) => findArtifact((artifact) => artifact.model === model && artifact.uid === uid),

    listByAccount: (model, accountId) =>
      [...artifacts.values()].filter((artifact) => artifact.model === model && artifact.accountId === accountId),

    accountsOf(clientId) {
      const clientArtifacts = [...artifacts.values()].filter((artifact) => artifact.clientId === clientId)
      return [...new Set(clientArtifacts.flatMap(({ accountId }) => accountId ?? []))]
    },

    findByUserCode: (model, userCodeHash) =>
      findArtifact((artifact) => artifact.model === model && artifact.userCodeHash === userCodeHash),
    consume,

    issue({ grantKey, use, artifacts: issued }) {
      if (!artifacts.has(grantKey)) return 'revoked'
      if (use && !consume(use.key, use.at, use.leeway)) return 'used'
      for (const artifact of issued) upsert(artifact)
      return 'issued'
    },

    decide(artifact) {
      if (artifacts.get(artifact.key)?.accountId !== null) return false
      artifacts.set(artifact.key, artifact)
      return true
    },

    poll(key, at, interval) {
      const artifact = artifacts.get(key)
      if (artifact === undefined || (artifact.polledAt !== null && artifact.polledAt > at - interval)) return false
      artifacts.set(key, { ...artifact, polledAt: at })
      return true
    },

    destroy: (key) => artifacts.delete(key),

    destroyByUid(model, uid) {
      const found = [...artifacts.values()].find((artifact) => artifact.model === model && artifact.uid === uid)
      if (found) artifacts.delete(found.key)
      return found
    },

    destroyByGrant: (model, grantId) =>
      removeArtifacts((artifact) => artifact.model === model && artifact.grantId === grantId),
    destroyByAccount: (accountId) => removeArtifacts((artifact) => artifact.accountId === accountId),
    destroyByClient: (clientId) => removeArtifacts((artifact) => artifact.clientId === clientId),
    destroyByAccountAndClient: (accountId, clientId) =>
      removeArtifacts((artifact) => artifact.accountId === accountId && artifact.clientId === clientId),
    removeExpired: (before, limit) => removeExpired(artifacts, before, limit),
  })
}
