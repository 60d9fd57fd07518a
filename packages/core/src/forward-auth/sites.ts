import type { Client } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'

/** Finds the protected site of a host; `undefined` if there is none, or several claim the host. */
export type FindSite = (host: string) => Promise<Client | undefined>

export function createFindSite(clients: Pick<ClientStore, 'protectedSites'>): FindSite {
  let known: { readonly sites: readonly Client[]; readonly byHost: ReadonlyMap<string, Client | null> } | undefined
  return async (host) => {
    const sites = await clients.protectedSites()
    if (known?.sites !== sites) known = { sites, byHost: indexByHost(sites) }
    return known.byHost.get(host) ?? undefined
  }
}

function indexByHost(sites: readonly Client[]): ReadonlyMap<string, Client | null> {
  const byHost = new Map<string, Client | null>()
  for (const site of sites)
    for (const host of site.protocol.protectedHosts) byHost.set(host, byHost.has(host) ? null : site)
  return byHost
}
