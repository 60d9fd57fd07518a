import type Provider from 'oidc-provider'
import type { LogoutNotice } from '../logout-notices/logout-notice-store.ts'
import { sendByLibrary } from './overrides/back-channel-logout.ts'
import type { ProviderContext } from './provider-context.ts'
import type { SessionContent } from './session-merge.ts'

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>

const contexts = new WeakMap<Provider, ProviderContext>()

/** Queues logout tokens instead of sending them ({@link notifyClientsOfSession}); {@link sendLogoutToken} sends a queued one. */
export function queueLogoutNotices(provider: Provider, context: ProviderContext): void {
  contexts.set(provider, context)
}

/** Sends the logout token. Returns `false` if the client is missing or has no back-channel logout URI. */
export async function sendLogoutToken(
  provider: Provider,
  { clientId, accountId, sid }: LogoutNotice,
): Promise<boolean> {
  const client = await find(provider, clientId)
  if (client?.backchannelLogoutUri === undefined) return false
  await sendByLibrary(provider, client, accountId, sid)
  return true
}

/** Enqueues a notice for each client of the session with a back-channel logout URI, or only for the client of this ID. */
export async function notifyClientsOfSession(
  provider: Provider,
  { accountId, authorizations }: Pick<SessionContent, 'accountId' | 'authorizations'>,
  onlyClientId?: string,
): Promise<void> {
  if (accountId === undefined) return
  for (const [clientId, { sid = '' }] of Object.entries(authorizations ?? {}))
    if (onlyClientId === undefined || clientId === onlyClientId)
      await notifyClient(provider, { clientId, accountId, sid })
}

/** Enqueues a notice if the client has a back-channel logout URI. */
export async function notifyClient(
  provider: Provider,
  notice: Pick<LogoutNotice, 'clientId' | 'accountId' | 'sid'>,
): Promise<void> {
  const context = contexts.get(provider)
  // Read the stored client, because a transaction must not fetch metadata documents.
  const client = await context?.stores.clients.find(notice.clientId)
  if (client?.protocol.backchannelLogoutUri) await context?.enqueueLogoutNotice(notice)
}

/** Returns `undefined` for a client with invalid metadata. */
async function find(provider: Provider, clientId: string): Promise<Client | undefined> {
  return provider.Client.find(clientId).catch(() => undefined)
}
