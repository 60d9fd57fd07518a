import type { Consent } from '../consents/consent.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

/** @param consents a map of `state` */
export function createMemoryConsentStore(
  state: MemoryState,
  consents: Map<string, Consent> = state.map(),
): ConsentStore {
  return state.store<ConsentStore>({
    find: (accountId, clientId) => consents.get(keyOf(accountId, clientId)),

    allow(accountId, clientId, scopes, at) {
      const key = keyOf(accountId, clientId)
      const existing = consents.get(key)
      const merged = [...new Set([...(existing?.scopes ?? []), ...scopes])]
      const createdAt = existing?.createdAt ?? at
      consents.set(key, { accountId, clientId, scopes: merged, createdAt, updatedAt: at })
    },

    recordUse(accountId, clientId, at) {
      const key = keyOf(accountId, clientId)
      const existing = consents.get(key)
      if (existing) consents.set(key, { ...existing, updatedAt: at })
    },

    remove: (accountId, clientId) => consents.delete(keyOf(accountId, clientId)),
    removeByAccount: (accountId) => removeWhere(consents, (consent) => consent.accountId === accountId),
    removeByClient: (clientId) => removeWhere(consents, (consent) => consent.clientId === clientId),

    removeScopes(prefix) {
      for (const [key, consent] of consents)
        consents.set(key, { ...consent, scopes: consent.scopes.filter((scope) => !scope.startsWith(prefix)) })
    },

    renameClient(clientId, newId) {
      const renamed = [...consents.values()].filter((consent) => consent.clientId === clientId)
      removeWhere(consents, (consent) => consent.clientId === clientId)
      for (const consent of renamed) consents.set(keyOf(consent.accountId, newId), { ...consent, clientId: newId })
    },
  })
}

function keyOf(accountId: string, clientId: string): string {
  return JSON.stringify([accountId, clientId])
}
