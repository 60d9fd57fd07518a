import type { ApiGrant } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import {
  type ClientFilter,
  type ClientList,
  type ClientListRequest,
  type ClientSort,
  clientFilters,
  hostsOf,
  type ListedClient,
  nameKey,
  offsetOf,
} from '../clients/client-list.ts'
import { isAllowedToUse } from '../clients/group-restriction.ts'
import { hasLaunchUrl } from '../clients/start-address.ts'
import type { Consent } from '../consents/consent.ts'

export function listClients(
  clients: readonly Client[],
  { consents, apiGrants }: { readonly consents: readonly Consent[]; readonly apiGrants: readonly ApiGrant[] },
  request: ClientListRequest,
): ClientList {
  const { scope, limit } = request
  const consentsByClient = new Map(
    !('accountId' in scope)
      ? []
      : consents.filter(({ accountId }) => accountId === scope.accountId).map((consent) => [consent.clientId, consent]),
  )
  const matching = clients
    .filter((client) => matchesRequest(client, consentsByClient, request) && matchesApi(client, apiGrants, scope))
    .map((client) => toListedClient(client, consentsByClient.get(client.id)))
    .sort((left, right) => compareListed(left, right, request))
  const offset = offsetOf(request, matching.length)
  return { items: matching.slice(offset, offset + limit), total: matching.length }
}

function matchesApi({ id }: Client, apiGrants: readonly ApiGrant[], scope: ClientListRequest['scope']): boolean {
  if (!('apiId' in scope)) return true
  const granted = apiGrants.some(({ apiId, clientId }) => apiId === scope.apiId && clientId === id)
  return granted === (scope.of === 'granted')
}

function matchesRequest(
  client: Client,
  consentsByClient: ReadonlyMap<string, Consent>,
  request: ClientListRequest,
): boolean {
  const { scope, filters, search, onlyIds } = request
  if (onlyIds && !onlyIds.includes(client.id)) return false
  if (scope.of === 'usable' && !isAllowedToUse(client, scope.groupIds)) return false
  if (scope.of === 'consented' && !consentsByClient.has(client.id)) return false
  const searched = [nameKey(client.name), ...('accountId' in scope ? [] : hostsOf(client))]
  if (!searched.some((text) => text.includes(nameKey(search)))) return false
  return clientFilters.every((name) => {
    const values = filters[name] ?? []
    return values.length === 0 || values.includes(filterValue(client, name))
  })
}

function filterValue(client: Client, name: ClientFilter): string | boolean {
  return name === 'hasLaunchUrl' ? hasLaunchUrl(client) : client[name]
}

function toListedClient({ allowedGroupIds, ...client }: Client, consent: Consent | undefined): ListedClient {
  return {
    client,
    allowedGroupCount: allowedGroupIds.length,
    consent: consent ? { scopes: consent.scopes, updatedAt: consent.updatedAt } : null,
  }
}

type SortValue = string | number | null

function sortValue({ client, allowedGroupCount, consent }: ListedClient, by: ClientSort): SortValue {
  switch (by) {
    case 'name':
      return nameKey(client.name)
    case 'allowedGroupCount':
      return allowedGroupCount
    case 'lastUsedAt':
      return consent?.updatedAt ?? null
    default: {
      const value = client[by]
      return typeof value === 'boolean' ? Number(value) : value
    }
  }
}

function compareListed(left: ListedClient, right: ListedClient, { sort }: ClientListRequest): number {
  const byName = sort?.by === 'lastUsedAt' ? compareBytes(nameKey(left.client.name), nameKey(right.client.name)) : 0
  const byAge = left.client.createdAt - right.client.createdAt || compareBytes(left.client.id, right.client.id)
  const tieBreaker = byName || byAge
  if (sort === null) return tieBreaker
  const [first, second] = [sortValue(left, sort.by), sortValue(right, sort.by)]
  if (first === null || second === null) return Number(first === null) - Number(second === null) || tieBreaker
  return (sort.descending ? -1 : 1) * compareValues(first, second) || tieBreaker
}

function compareValues(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return compareBytes(String(left), String(right))
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
