import type Provider from 'oidc-provider'
import { Misconfigured } from '../errors.ts'
import type { ProviderSession } from './logout.ts'

/** What the library's session has beside its types. */
interface SessionInternals {
  oldId?: string | undefined
  readonly adapter: { destroy(id: string): Promise<unknown> }
}

/**
 * A session that takes a new id is stored under it before the old one goes: the library does it the other way round, and a
 * process that dies in between would sign the person out.
 */
export function keepSessionWhileRenewing(provider: Provider): void {
  const { prototype } = provider.Session
  const { save } = prototype
  if (typeof save !== 'function' || !('adapter' in prototype))
    throw new Misconfigured('This version of oidc-provider stores sessions in another way: it cannot be used.')
  Object.defineProperty(prototype, 'save', {
    configurable: true,
    writable: true,
    async value(this: ProviderSession & SessionInternals, lifetime: number) {
      const { oldId } = this
      this.oldId = undefined
      const saved = await save.call(this, lifetime)
      if (oldId !== undefined) await this.adapter.destroy(oldId)
      return saved
    },
  })
}
