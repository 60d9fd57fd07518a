import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ClientStore } from '../../clients/client-store.ts'
import { extras } from '../client-metadata.ts'

/** Records the first use of an openly registered client, so that it is not removed as unused. */
export function recordFirstUses(provider: Provider, { clients }: { readonly clients: ClientStore }): void {
  const used = new WeakSet<object>()
  // The library does not await its listeners, so these only mark the request.
  const mark = (ctx: KoaContextWithOIDC) => used.add(ctx.req)
  provider.on('authorization.success', mark)
  provider.on('grant.success', mark)
  provider.use(async (ctx, next) => {
    await next()
    const client = used.has(ctx.req) ? ctx.oidc.client : undefined
    if (client && extras(client).pocket_unused) await clients.noteUse(client.clientId)
  })
}
