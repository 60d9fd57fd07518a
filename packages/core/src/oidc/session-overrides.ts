import type Provider from 'oidc-provider'
import type { AdapterPayload } from 'oidc-provider'
import { Misconfigured } from '../errors.ts'
import type { ProviderSession } from './logout.ts'

/** How a session that is stored already is stored again. */
export interface SessionAdapter {
  /** Returns `false`, and writes nothing, where there is no session under `from` any more. */
  replace(
    from: string,
    session: { id: string; payload: AdapterPayload; expiresIn: number | undefined },
  ): Promise<boolean>
}

/** What the library's session has beside its types. */
interface SessionInternals {
  oldId?: string | undefined
  adapter: SessionAdapter & object
}

/**
 * The library stores every session that it has read again at the end of a request, and destroys the old id before it stores
 * a new one. So a session that somebody has ended meanwhile would come back, and a process that dies in between would sign
 * the person out. Here a stored session takes its own place, in one step, or none.
 */
export function keepSessionsInPlace(provider: Provider): void {
  const { prototype } = provider.Session
  const { save } = prototype
  if (typeof save !== 'function' || !('adapter' in prototype))
    throw new Misconfigured('This version of oidc-provider stores sessions in another way: it cannot be used.')
  Object.defineProperty(prototype, 'save', {
    configurable: true,
    writable: true,
    async value(this: ProviderSession & SessionInternals, lifetime: number) {
      const from = this.oldId ?? this.jti
      this.oldId = undefined
      if (typeof this.exp !== 'number') return save.call(this, lifetime)
      const { adapter } = this
      const upsert = async (id: string, payload: AdapterPayload, expiresIn?: number) => {
        await adapter.replace(from, { id, payload, expiresIn })
      }
      Object.defineProperty(this, 'adapter', { configurable: true, value: { ...adapter, upsert } })
      try {
        return await save.call(this, lifetime)
      } finally {
        Reflect.deleteProperty(this, 'adapter')
      }
    },
  })
}
