import type { Consent } from '../consents/consent.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryConsentStore implements ConsentStore {
  readonly #state: MemoryState
  readonly #consents: Map<string, Consent>

  /** @param consents a map of `state` */
  constructor(state: MemoryState, consents: Map<string, Consent> = state.map()) {
    this.#state = state
    this.#consents = consents
  }

  find(accountId: string, clientId: string): Promise<Consent | undefined> {
    return this.#state.run(() => this.#consents.get(keyOf(accountId, clientId)))
  }

  allow(accountId: string, clientId: string, scopes: readonly string[], at: number): Promise<void> {
    return this.#state.run(() => {
      const key = keyOf(accountId, clientId)
      const existing = this.#consents.get(key)
      const merged = [...new Set([...(existing?.scopes ?? []), ...scopes])]
      const createdAt = existing?.createdAt ?? at
      this.#consents.set(key, { accountId, clientId, scopes: merged, createdAt, updatedAt: at })
    })
  }

  recordUse(accountId: string, clientId: string, at: number): Promise<void> {
    return this.#state.run(() => {
      const key = keyOf(accountId, clientId)
      const existing = this.#consents.get(key)
      if (existing) this.#consents.set(key, { ...existing, updatedAt: at })
    })
  }

  remove(accountId: string, clientId: string): Promise<boolean> {
    return this.#state.run(() => this.#consents.delete(keyOf(accountId, clientId)))
  }

  removeByAccount(accountId: string): Promise<void> {
    return this.#state.run(() => removeWhere(this.#consents, (consent) => consent.accountId === accountId))
  }

  removeByClient(clientId: string): Promise<void> {
    return this.#state.run(() => removeWhere(this.#consents, (consent) => consent.clientId === clientId))
  }

  removeScopes(prefix: string): Promise<void> {
    return this.#state.run(() => {
      for (const [key, consent] of this.#consents)
        this.#consents.set(key, { ...consent, scopes: consent.scopes.filter((scope) => !scope.startsWith(prefix)) })
    })
  }

  renameClient(clientId: string, newId: string): Promise<void> {
    return this.#state.run(() => {
      const renamed = [...this.#consents.values()].filter((consent) => consent.clientId === clientId)
      removeWhere(this.#consents, (consent) => consent.clientId === clientId)
      for (const consent of renamed)
        this.#consents.set(keyOf(consent.accountId, newId), { ...consent, clientId: newId })
    })
  }
}

function keyOf(accountId: string, clientId: string): string {
  return JSON.stringify([accountId, clientId])
}
