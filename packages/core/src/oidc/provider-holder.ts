import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Clock } from '../clock.ts'
import type { SigningKey } from './key-generation.ts'
import { reloadInterval } from './key-publication.ts'
import type { KeyRing, KeySet } from './keys.ts'
import type { BuiltProvider } from './provider.ts'

/** Keeps the Provider of the present keys, and puts another in its place when the keys have moved on. */
export interface ProviderHolder {
  current(): Provider
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Looks for moved keys, once a minute at most: another process may have rotated them. Failing that, the held ones serve. */
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
  let lookedAt = clock.now()

  const reload = async () => {
    lookedAt = clock.now()
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
      if (Math.abs(clock.now() - lookedAt) >= reloadInterval) await reload().catch(onError)
    },
  }
}
