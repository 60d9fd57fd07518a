import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { type Clock, monotonicOf } from '../clock.ts'
import type { ServeDocument } from './documents.ts'
import type { SigningKey } from './key-generation.ts'
import type { KeyRing, KeySet } from './keys.ts'
import type { BuiltProvider } from './provider.ts'

/** Milliseconds for which the keys are used without reading them again. */
const checkInterval = 100
/** Milliseconds between two attempts to read the keys after a failure, and how long a request waits for them. */
const retryInterval = 1000

/** Holds the Provider for the current keys, and replaces it after a key rotation. */
export interface ProviderHolder {
  current(): Provider
  readonly handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  readonly serveDocument: ServeDocument
  /** Replaces the Provider if another process has changed the keys. Keeps it if the keys cannot be read within a second. */
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
    return { provider, serveDocument, set, callback: provider.callback() }
  }
  let current = buildCurrent(await keyRing.load())
  const monotonic = monotonicOf(clock)
  let nextCheck = monotonic() + checkInterval
  let checking: Promise<void> | undefined

  const use = (set: KeySet) => {
    if (set.version !== current.set.version) current = buildCurrent(set)
  }
  const check = async (onError: (error: unknown) => void) => {
    try {
      const before = current
      const set = await keyRing.loadCached(before.set)
      // If this process rotated the keys in the meantime, the set is outdated.
      if (current === before) use(set)
      nextCheck = monotonic() + checkInterval
    } catch (error) {
      nextCheck = monotonic() + retryInterval
      onError(error)
    } finally {
      checking = undefined
    }
  }
  /** Resolves when the check ends or takes too long; the requests that arrive in the meantime share it. */
  const waitForCheck = (onError: (error: unknown) => void) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, retryInterval).unref()
      check(onError)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  return {
    current: () => current.provider,
    handle: (req, res) => current.callback(req, res),
    serveDocument: (path, req, res) => current.serveDocument(path, req, res),
    async reload() {
      use(await keyRing.load())
    },
    async refresh(onError) {
      if (monotonic() < nextCheck) return
      checking ??= waitForCheck(onError)
      await checking
    },
  }
}
