import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { type Clock, monotonicOf } from '../clock.ts'
import type { SigningKey } from './key-generation.ts'
import { reloadInterval } from './key-publication.ts'
import type { KeyRing, KeySet } from './keys.ts'
import type { BuiltProvider } from './provider.ts'

/** Holds the Provider for the current keys, and replaces it after a key rotation. */
export interface ProviderHolder {
  current(): Provider
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Reloads the keys at most once a minute, because another process may have rotated them. Keeps the current keys on failure. */
  refresh(onError: (error: unknown) => void): Promise<void>
  reload(): Promise<void>
}

export interface ProviderHolderPorts {
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly make: (keys: readonly SigningKey[]) => BuiltProvider
}

export async function createProviderHolder({ keyRing, clock, make }: ProviderHolderPorts): Promise<ProviderHolder> {
  const built = (set: KeySet) => {
    const { provider, serveDocument } = make(set.keys)
    return { provider, serveDocument, version: set.version, callback: provider.callback() }
  }
  let held = built(await keyRing.load())
  const monotonic = monotonicOf(clock)
  let lookedAt = monotonic()

  const reload = async () => {
    lookedAt = monotonic()
    const set = await keyRing.load()
    if (set.version !== held.version) held = built(set)
  }
  return {
    current: () => held.provider,
    handle: async (req, res) => {
      if (!(await held.serveDocument(req, res))) await held.callback(req, res)
    },
    reload,
    async refresh(onError) {
      if (monotonic() - lookedAt >= reloadInterval) await reload().catch(onError)
    },
  }
}
