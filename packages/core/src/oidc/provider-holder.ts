import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { type Clock, monotonicOf } from '../clock.ts'
import type { SigningKey } from './key-generation.ts'
import { reloadInterval } from './key-publication.ts'
import type { KeyRing, KeySet } from './keys.ts'
import type { ServeDocument } from './documents.ts'
import type { BuiltProvider } from './provider.ts'

/** Holds the Provider for the current keys, and replaces it after a key rotation. */
export interface ProviderHolder {
  current(): Provider
  readonly handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  readonly serveDocument: ServeDocument
  /** Reloads the keys at most once a minute, because another process may have rotated them. Keeps the current keys on failure. */
  refresh(onError: (error: unknown) => void): Promise<void>
  reload(): Promise<void>
}

export async function createProviderHolder(
  keyRing: KeyRing,
  clock: Clock,
  buildProvider: (keys: readonly SigningKey[]) => BuiltProvider,
): Promise<ProviderHolder> {
  const buildCurrent = (set: KeySet) => {
    const { provider, serveDocument } = buildProvider(set.keys)
    return { provider, serveDocument, version: set.version, callback: provider.callback() }
  }
  let currentProvider = buildCurrent(await keyRing.load())
  const monotonic = monotonicOf(clock)
  let loadedAt = monotonic()

  const reload = async () => {
    loadedAt = monotonic()
    const set = await keyRing.load()
    if (set.version !== currentProvider.version) currentProvider = buildCurrent(set)
  }
  return {
    current: () => currentProvider.provider,
    handle: (req, res) => currentProvider.callback(req, res),
    serveDocument: (req, res) => currentProvider.serveDocument(req, res),
    reload,
    async refresh(onError) {
      if (monotonic() - loadedAt >= reloadInterval) await reload().catch(onError)
    },
  }
}
