import type Provider from 'oidc-provider'
import { Misconfigured } from '../errors.ts'
import type { LogoutNotice } from '../logout-notices/logout-notice-store.ts'
import type { LogoutNotices } from '../logout-notices/logout-notices.ts'
import type { ProviderSession } from './logout.ts'

type Send = (this: object, accountId: string, sid: string) => Promise<void>
type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>

const sends = new WeakMap<Provider, Send>()

/**
 * The library sends logout tokens while the person waits, once, and forgets those that were not taken. Here it only keeps
 * them, and {@link sendLogoutToken} is what it would have done.
 */
export function keepLogoutNotices(provider: Provider, enqueue: LogoutNotices['enqueue']): void {
  const { prototype } = provider.Client
  const send: unknown = Reflect.get(prototype, 'backchannelLogout')
  if (typeof send !== 'function')
    throw new Misconfigured('This version of oidc-provider has no Client.backchannelLogout: it cannot be used.')
  // A cast, since the method is none of the library's types.
  sends.set(provider, send as Send)
  Object.defineProperty(prototype, 'backchannelLogout', {
    configurable: true,
    writable: true,
    value(this: Client, accountId: string, sid: string) {
      return enqueue({ clientId: this.clientId, accountId, sid })
    },
  })
}

/** Makes the logout token and sends it. Returns `false` where the client is gone or does not want to hear. */
export async function sendLogoutToken(
  provider: Provider,
  { clientId, accountId, sid }: LogoutNotice,
): Promise<boolean> {
  const client = await find(provider, clientId)
  if (client?.backchannelLogoutUri === undefined) return false
  await sends.get(provider)?.call(client, accountId, sid)
  return true
}

/** Keeps a notice for every client, or for the one of this id, that was entered in the session and wants to hear of its end. */
export async function notifyClientsOf(
  provider: Provider,
  { accountId, authorizations }: Pick<ProviderSession, 'accountId' | 'authorizations'>,
  only?: string,
): Promise<void> {
  if (accountId === undefined) return
  for (const [clientId, { sid }] of Object.entries(authorizations ?? {})) {
    if (only !== undefined && clientId !== only) continue
    const client = await find(provider, clientId)
    const notify: unknown = client && Reflect.get(client, 'backchannelLogout')
    if (client?.backchannelLogoutUri !== undefined && typeof notify === 'function')
      await notify.call(client, accountId, sid)
  }
}

/** A client that cannot be used is none to the logout. */
async function find(provider: Provider, clientId: string): Promise<Client | undefined> {
  return provider.Client.find(clientId).catch(() => undefined)
}
