import Provider, { type AdapterPayload } from 'oidc-provider'
import type { Clock } from '../clock.ts'
import { Misconfigured } from '../errors.ts'
import { type RequestContext, requestContext } from '../http/request-context.ts'
import { remaining, type SessionLifetime, type SessionUse, usedNow, useExactness } from '../sessions/session-use.ts'
import type { ProviderSession } from './logout.ts'

/** How a session that is stored already is stored again. */
export interface SessionAdapter {
  /** Returns `false`, and writes nothing, where there is no session under `from` any more. */
  replace(
    from: string,
    session: { id: string; payload: AdapterPayload; expiresIn: number | undefined },
  ): Promise<boolean>
  /** Notes a use and nothing else. Returns `false`, and writes nothing, where the session changes at the same time. */
  touch(id: string, touched: { readonly use: SessionUse; readonly expiresIn: number }): Promise<boolean>
}

/** What the library's session has beside its types, and what we add to it. */
interface SessionInternals {
  oldId?: string | undefined
  adapter: SessionAdapter & object
  use?: SessionUse
  [stored]?: string
}

/** What is stored of a session, without where it was used and when it ends. */
const stored = Symbol('stored')
const passing = ['iat', 'exp', 'jti', 'kind', 'use']

export interface SessionOverridePorts {
  readonly clock: Clock
  readonly sessionLifetime: () => Promise<SessionLifetime>
}

/**
 * The library stores every session that it has read again at the end of a request, and destroys the old id before it stores
 * a new one. So a session that somebody has ended meanwhile would come back, and a process that dies in between would sign
 * the person out. Here a stored session takes its own place, in one step, or none. Where it was used, and how long it goes
 * on living, is written with it; where nothing else has changed that is done once a minute, and a client that asks again at
 * once writes nothing.
 */
export function keepSessionsInPlace(provider: Provider, { clock, sessionLifetime }: SessionOverridePorts): void {
  const { Session } = provider
  const { prototype } = Session
  const { save } = prototype
  const inPayload: unknown = Reflect.get(Session, 'IN_PAYLOAD')
  if (typeof save !== 'function' || !('adapter' in prototype) || !Array.isArray(inPayload))
    throw new Misconfigured('This version of oidc-provider stores sessions in another way: it cannot be used.')
  const instantiate: unknown = Reflect.get(Session, 'instantiate')
  if (typeof instantiate !== 'function')
    throw new Misconfigured('This version of oidc-provider makes sessions in another way: it cannot be used.')
  const names = inPayload.filter((name) => !passing.includes(name))
  const contentOf = (session: object) => JSON.stringify(names.map((name) => Reflect.get(session, name)))
  const note = (session: object, value: string | undefined) =>
    Object.defineProperty(session, stored, { configurable: true, value })
  Object.defineProperty(Session, 'instantiate', {
    configurable: true,
    value(this: typeof Session, payload?: object) {
      const session: object = instantiate.call(this, payload)
      return note(session, contentOf(session))
    },
  })
  Object.defineProperty(Session, 'IN_PAYLOAD', { configurable: true, value: [...inPayload, 'use'] })
  Object.defineProperty(prototype, 'save', {
    configurable: true,
    writable: true,
    async value(this: ProviderSession & SessionInternals) {
      const now = clock.now()
      const signedIn = this.accountId !== undefined
      const req = Provider.ctx?.req
      const content = contentOf(this)
      const unchanged = this[stored] === content && typeof this.exp === 'number' && this.oldId === undefined
      if (unchanged && this.use !== undefined && now - this.use.lastUsedAt < useExactness) return this.jti
      if (signedIn) this.use = usedNow(this.use, req && requestContext(req), now)
      const lifetime = remaining(await sessionLifetime(), signedIn ? this.loginTs : undefined, now)
      const from = this.oldId ?? this.jti
      this.oldId = undefined
      // What fails is no longer known to be stored.
      note(this, undefined)
      if (typeof this.exp !== 'number') return save.call(this, lifetime)
      const { adapter } = this
      const upsert = async (id: string, payload: AdapterPayload, expiresIn?: number) => {
        await adapter.replace(from, { id, payload, expiresIn })
      }
      Object.defineProperty(this, 'adapter', { configurable: true, value: { ...adapter, upsert } })
      try {
        const value = await save.call(this, lifetime)
        note(this, content)
        return value
      } finally {
        Reflect.deleteProperty(this, 'adapter')
      }
    },
  })
}

/** Where and when a session was used; `undefined` before the first sign-in in it. */
export function useOf(session: ProviderSession & Pick<SessionInternals, 'use'>): SessionUse | undefined {
  return session.use
}

/** Says whose use of a session the next time is at which it is stored. */
export function noteUse(
  session: ProviderSession & Pick<SessionInternals, 'use'>,
  origin: Pick<RequestContext, 'ipAddress' | 'userAgent'>,
  now: number,
): void {
  session.use = usedNow(session.use, origin, now)
}

/** Stores a use of the session and nothing else of it; `expiresIn` in seconds. */
export async function touch(
  session: ProviderSession,
  touched: { readonly use: SessionUse; readonly expiresIn: number },
): Promise<boolean> {
  // A cast, since the adapter is none of the library's types; `keepSessionsInPlace` asserts that there is one.
  return (session as ProviderSession & SessionInternals).adapter.touch(session.jti, touched)
}
