import type Provider from 'oidc-provider'
import type { ClientStore } from '../clients/client-store.ts'
import { Misconfigured } from '../errors.ts'
import type { LogoutNotice } from '../logout-notices/logout-notice-store.ts'
import type { LogoutNotices } from '../logout-notices/logout-notices.ts'
import type { SessionContent } from './session-merge.ts'

type Send = (this: object, accountId: string, sid: string) => Promise<void>
type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>

const sends = new WeakMap<Provider, Send>()

const ports = new WeakMap<Provider, LogoutNoticePorts>()

export interface LogoutNoticePorts {
  readonly clients: ClientStore
  readonly keepLogoutNotice: LogoutNotices['enqueue']
}

/**
 * The library sends logout tokens while the person waits, once, and forgets those that were not taken. Here the end of a
 * session enqueues them ({@link notifyClientsOf}), and {@link sendLogoutToken} is what the library would have done.
 */
export function queueLogoutNotices(provider: Provider, { clients, keepLogoutNotice }: LogoutNoticePorts): void {
  const { prototype } = provider.Client
  const send: unknown = Reflect.get(prototype, 'backchannelLogout')
  if (typeof send !== 'function')
    throw new Misconfigured('This version of oidc-provider has no Client.backchannelLogout: it cannot be used.')
  // A cast, since the method is none of the library's types.
  sends.set(provider, send as Send)
  ports.set(provider, { clients, keepLogoutNotice })
  Object.defineProperty(prototype, 'backchannelLogout', { configurable: true, writable: true, value: async () => {} })
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

/** Enqueues a notice for every client, or for the one of this ID, that was entered in the session and wants to hear of its end. */
export async function notifyClientsOf(
  provider: Provider,
  { accountId, authorizations }: Pick<SessionContent, 'accountId' | 'authorizations'>,
  only?: string,
): Promise<void> {
  if (accountId === undefined) return
  for (const [clientId, { sid = '' }] of Object.entries(authorizations ?? {}))
    if (only === undefined || clientId === only) await notifyClient(provider, { clientId, accountId, sid })
}

/** Enqueues a notice if the client wants to hear of the end of sessions. */
export async function notifyClient(
  provider: Provider,
  notice: Pick<LogoutNotice, 'clientId' | 'accountId' | 'sid'>,
): Promise<void> {
  const { clients, keepLogoutNotice } = ports.get(provider) ?? {}
  // As it is stored: within a transaction no metadata document is fetched.
  const client = await clients?.find(notice.clientId)
  if (client?.protocol.backchannelLogoutUri) await keepLogoutNotice?.(notice)
}

/** A client that cannot be used is none to the logout. */
async function find(provider: Provider, clientId: string): Promise<Client | undefined> {
  return provider.Client.find(clientId).catch(() => undefined)
}
