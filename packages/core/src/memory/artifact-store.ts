import {
  type Artifact,
  type ArtifactStore,
  type Issue,
  type IssueOutcome,
  type Leeway,
  latestExpiry,
} from '../oidc/artifact-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere } from './memory-state.ts'

export class MemoryArtifactStore implements ArtifactStore {
  readonly #state: MemoryState
  readonly #artifacts: Map<string, Artifact>

  constructor(state: MemoryState) {
    this.#state = state
    this.#artifacts = state.map()
  }

  upsert(artifact: Artifact): Promise<void> {
    return this.#state.run(() => {
      const existing = this.#artifacts.get(artifact.key)
      const { consumedAt, timesConsumed, polledAt } = existing ?? artifact
      this.#artifacts.set(artifact.key, { ...artifact, consumedAt, timesConsumed, polledAt })
    })
  }

  insert(artifact: Artifact): Promise<boolean> {
    return this.#state.run(() => addValue(this.#artifacts, artifact.key, artifact))
  }

  insertPending(artifact: Artifact, max: number, now: number): Promise<boolean> {
    return this.#state.run(() => {
      const pending = [...this.#artifacts.values()].filter(
        ({ network, model, accountId, consumedAt, expiresAt }) =>
          network === artifact.network &&
          model === artifact.model &&
          accountId === null &&
          consumedAt === null &&
          (expiresAt ?? 0) > now &&
          (expiresAt ?? 0) <= latestExpiry(artifact),
      )
      return pending.length < max && addValue(this.#artifacts, artifact.key, artifact)
    })
  }

  replace(key: string, artifact: Artifact, before: string): Promise<boolean> {
    return this.#state.run(() => {
      const existing = this.#artifacts.get(key)
      if (existing?.payload !== before) return false
      this.#artifacts.delete(key)
      this.#artifacts.set(artifact.key, { ...artifact, network: existing.network })
      return true
    })
  }

  refresh(
    { key, payload, expiresAt }: Pick<Artifact, 'key' | 'payload' | 'expiresAt'>,
    before: string,
  ): Promise<boolean> {
    return this.#state.run(() => {
      const existing = this.#artifacts.get(key)
      if (existing?.payload !== before) return false
      this.#artifacts.set(key, { ...existing, payload, expiresAt })
      return true
    })
  }

  find(key: string): Promise<Artifact | undefined> {
    return this.#state.run(() => this.#artifacts.get(key))
  }

  findWithGrants(keys: readonly string[]): Promise<readonly Artifact[]> {
    return this.#state.run(() => keys.map((key) => this.#artifacts.get(key)).filter((found) => found !== undefined))
  }

  /** The transactions of this store run one at a time. */
  findWithSession(key: string): Promise<readonly Artifact[]> {
    return this.#state.run(() => {
      const found = this.#artifacts.get(key)
      const isSession = ({ model, uid }: Artifact) => model === 'Session' && uid !== null && uid === found?.uid
      return found ? [found, ...[...this.#artifacts.values()].filter(isSession)] : []
    })
  }

  lock(key: string): Promise<Artifact | undefined> {
    return this.find(key)
  }

  findByUid(model: string, uid: string): Promise<Artifact | undefined> {
    return this.#find((artifact) => artifact.model === model && artifact.uid === uid)
  }

  listByAccount(model: string, accountId: string): Promise<readonly Artifact[]> {
    return this.#state.run(() =>
      [...this.#artifacts.values()].filter((artifact) => artifact.model === model && artifact.accountId === accountId),
    )
  }

  accountsOf(clientId: string): Promise<readonly string[]> {
    return this.#state.run(() => {
      const clientArtifacts = [...this.#artifacts.values()].filter((artifact) => artifact.clientId === clientId)
      return [...new Set(clientArtifacts.flatMap(({ accountId }) => accountId ?? []))]
    })
  }

  findByUserCode(model: string, userCodeHash: string): Promise<Artifact | undefined> {
    return this.#find((artifact) => artifact.model === model && artifact.userCodeHash === userCodeHash)
  }

  consume(key: string, at: number, { milliseconds, uses }: Leeway = { milliseconds: 0, uses: 1 }): Promise<boolean> {
    return this.#state.run(() => {
      const artifact = this.#artifacts.get(key)
      if (artifact === undefined) return false
      const { consumedAt, timesConsumed } = artifact
      if (consumedAt !== null && (consumedAt <= at - milliseconds || (timesConsumed ?? 1) >= uses)) return false
      this.#artifacts.set(key, { ...artifact, consumedAt: consumedAt ?? at, timesConsumed: (timesConsumed ?? 0) + 1 })
      return true
    })
  }

  issue({ grantKey, use, artifacts }: Issue): Promise<IssueOutcome> {
    return this.#state.transaction(async () => {
      if ((await this.find(grantKey)) === undefined) return 'revoked'
      if (use && !(await this.consume(use.key, use.at, use.leeway))) return 'used'
      for (const artifact of artifacts) await this.upsert(artifact)
      return 'issued'
    })
  }

  decide(artifact: Artifact): Promise<boolean> {
    return this.#state.run(() => {
      if (this.#artifacts.get(artifact.key)?.accountId !== null) return false
      this.#artifacts.set(artifact.key, artifact)
      return true
    })
  }

  poll(key: string, at: number, interval: number): Promise<boolean> {
    return this.#state.run(() => {
      const artifact = this.#artifacts.get(key)
      if (artifact === undefined || (artifact.polledAt !== null && artifact.polledAt > at - interval)) return false
      this.#artifacts.set(key, { ...artifact, polledAt: at })
      return true
    })
  }

  async destroy(key: string): Promise<void> {
    await this.#state.run(() => this.#artifacts.delete(key))
  }

  destroyByUid(model: string, uid: string): Promise<Artifact | undefined> {
    return this.#state.run(() => {
      const found = [...this.#artifacts.values()].find((artifact) => artifact.model === model && artifact.uid === uid)
      if (found) this.#artifacts.delete(found.key)
      return found
    })
  }

  destroyByGrant(model: string, grantId: string): Promise<void> {
    return this.#removeWhere((artifact) => artifact.model === model && artifact.grantId === grantId)
  }

  destroyByAccount(accountId: string): Promise<void> {
    return this.#removeWhere((artifact) => artifact.accountId === accountId)
  }

  destroyByClient(clientId: string): Promise<void> {
    return this.#removeWhere((artifact) => artifact.clientId === clientId)
  }

  destroyByAccountAndClient(accountId: string, clientId: string): Promise<void> {
    return this.#removeWhere((artifact) => artifact.accountId === accountId && artifact.clientId === clientId)
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#artifacts, before, limit))
  }

  #find(matches: (artifact: Artifact) => boolean): Promise<Artifact | undefined> {
    return this.#state.run(() => [...this.#artifacts.values()].find(matches))
  }

  #removeWhere(matches: (artifact: Artifact) => boolean): Promise<void> {
    return this.#state.run(() => removeWhere(this.#artifacts, matches))
  }
}
