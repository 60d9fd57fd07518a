import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ResponseStep } from '../after-response.ts'
import { extras } from '../client-metadata.ts'
import type { ProviderContext } from '../provider-context.ts'

/** Milliseconds. */
const day = 24 * 60 * 60_000

/**
 * Records the first use of an openly registered client, so that it is not removed as unused. Only a sign-in of a user counts:
 * anyone can register a client and request tokens for it, so the client credentials grant only postpones the removal.
 */
export function recordFirstUses(
  provider: Provider,
  { stores: { clients }, clock, isTrial }: ProviderContext,
): ResponseStep {
  const usedRequests = new WeakSet<object>()
  // The library does not await its listeners, so these only mark the request.
  const markUsed = (ctx: KoaContextWithOIDC) => usedRequests.add(ctx.req)
  provider.on('authorization.success', markUsed)
  provider.on('grant.success', markUsed)
  return (ctx) => {
    const { client, params } = ctx.oidc ?? {}
    if (!usedRequests.has(ctx.req) || !client || !extras(client).pocket_unused) return
    if (isTrial(ctx.req, client.clientId)) return
    const now = clock.now()
    return params?.grant_type === 'client_credentials'
      ? clients.postponeRemoval(client.clientId, now - day, now)
      : clients.noteUse(client.clientId)
  }
}
