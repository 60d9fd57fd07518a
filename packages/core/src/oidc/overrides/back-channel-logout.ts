import type Provider from 'oidc-provider'
import { readMember } from './members.ts'

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>
type Send = (this: Client, accountId: string, sid: string) => Promise<void>

const member = 'Client.prototype.backchannelLogout'
const sendMethods = new WeakMap<Provider, Send>()

/**
 * The library sends logout tokens once, while the user waits, and drops failed ones. Here it sends none: ending a session queues
 * them (`logout-notices.ts`).
 */
export function backChannelLogoutOverrides(provider: Provider) {
  // The cast is safe: the library's types omit this method.
  sendMethods.set(provider, readMember(provider, member) as Send)
  return { [member]: async (): Promise<void> => {} }
}

/** Sends a logout token with the library's own method. */
export async function sendByLibrary(provider: Provider, client: Client, accountId: string, sid: string): Promise<void> {
  await sendMethods.get(provider)?.call(client, accountId, sid)
}
