import { type Artifact, type ArtifactStore, latestExpiry } from '../oidc/artifact-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere } from './memory-state.ts'

export function createMemoryArtifactStore(state: MemoryState): ArtifactStore {
  const artifacts = state.map<Artifact>()

  const upsert: ArtifactStore['upsert'] = (artifact) =>
    state.run(() => {
      const existing = artifacts.get(artifact.key)
      const { consumedAt, timesConsumed, polledAt } = existing ?? artifact
      artifacts.set(artifact.key, { ...artifact, consumedAt, timesConsumed, polledAt })
    })

  const find: ArtifactStore['find'] = (key) => state.run(() => artifacts.get(key))

  const consume: ArtifactStore['consume'] = (key, at, { milliseconds, uses } = { milliseconds: 0, uses: 1 }) =>
    state.run(() => {
      const artifact = artifacts.get(key)
      if (artifact === undefined) return false
      const { consumedAt, timesConsumed } = artifact
      if (consumedAt !== null && (consumedAt <= at - milliseconds || (timesConsumed ?? 1) >= uses)) return false
      artifacts.set(key, { ...artifact, consumedAt: consumedAt ?? at, timesConsumed: (timesConsumed ?? 0) + 1 })
      return true
    })

  const findArtifact = (matches: (artifact: Artifact) => boolean): Promise<Artifact | undefined> =>
    state.run(() => [...artifacts.values()].find(matches))
  const removeArtifacts = (matches: (artifact: Artifact) => boolean): Promise<void> =>
    state.run(() => removeWhere(artifacts, matches))

  const store: ArtifactStore = {
    upsert,
    insert: (artifact) => state.run(() => addValue(artifacts, artifact.key, artifact)),

    insertPending: (artifact, max, now) =>
      state.run(() => {
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
      }),

    replace: (key, artifact, before) =>
      state.run(() => {
        const existing = artifacts.get(key)
        if (existing?.payload !== before) return false
        artifacts.delete(key)
        artifacts.set(artifact.key, { ...artifact, network: existing.network })
        return true
      }),

    refresh: ({ key, payload, expiresAt }, before) =>
      state.run(() => {
        const existing = artifacts.get(key)
        if (existing?.payload !== before) return false
        artifacts.set(key, { ...existing, payload, expiresAt })
        return true
      }),

    find,
    findWithGrants: (keys) =>
      state.run(() => keys.map((key) => artifacts.get(key)).filter((found) => found !== undefined)),

    /** The transactions of this store run one at a time. */
    findWithSession: (key) =>
      state.run(() => {
        const found = artifacts.get(key)
        const isSession = ({ model, uid }: Artifact) => model === 'Session' && uid !== null && uid === found?.uid
        return found ? [found, ...[...artifacts.values()].filter(isSession)] : []
      }),

    lock: find,
    findByUid: (model, uid) => findArtifact((artifact) => artifact.model === model && artifact.uid === uid),

    listByAccount: (model, accountId) =>
      state.run(() =>
        [...artifacts.values()].filter((artifact) => artifact.model === model && artifact.accountId === accountId),
      ),

    accountsOf: (clientId) =>
      state.run(() => {
        const clientArtifacts = [...artifacts.values()].filter((artifact) => artifact.clientId === clientId)
        return [...new Set(clientArtifacts.flatMap(({ accountId }) => accountId ?? []))]
      }),

    findByUserCode: (model, userCodeHash) =>
      findArtifact((artifact) => artifact.model === model && artifact.userCodeHash === userCodeHash),
    consume,

    issue: ({ grantKey, use, artifacts }) =>
      state.transaction(async () => {
        if ((await store.find(grantKey)) === undefined) return 'revoked'
        if (use && !(await store.consume(use.key, use.at, use.leeway))) return 'used'
        for (const artifact of artifacts) await store.upsert(artifact)
        return 'issued'
      }),

    decide: (artifact) =>
      state.run(() => {
        if (artifacts.get(artifact.key)?.accountId !== null) return false
        artifacts.set(artifact.key, artifact)
        return true
      }),

    poll: (key, at, interval) =>
      state.run(() => {
        const artifact = artifacts.get(key)
        if (artifact === undefined || (artifact.polledAt !== null && artifact.polledAt > at - interval)) return false
        artifacts.set(key, { ...artifact, polledAt: at })
        return true
      }),

    async destroy(key) {
      await state.run(() => artifacts.delete(key))
    },

    destroyByUid: (model, uid) =>
      state.run(() => {
        const found = [...artifacts.values()].find((artifact) => artifact.model === model && artifact.uid === uid)
        if (found) artifacts.delete(found.key)
        return found
      }),

    destroyByGrant: (model, grantId) =>
      removeArtifacts((artifact) => artifact.model === model && artifact.grantId === grantId),
    destroyByAccount: (accountId) => removeArtifacts((artifact) => artifact.accountId === accountId),
    destroyByClient: (clientId) => removeArtifacts((artifact) => artifact.clientId === clientId),
    destroyByAccountAndClient: (accountId, clientId) =>
      removeArtifacts((artifact) => artifact.accountId === accountId && artifact.clientId === clientId),
    removeExpired: (before, limit) => state.run(() => removeExpired(artifacts, before, limit)),
  }
  return store
}
