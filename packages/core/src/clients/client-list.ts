import type { Consent } from '../consents/consent.ts'
import type { ClientRecord } from './client.ts'

/** The filters of client lists: boolean fields and the type. */
export const clientFilters = [
  'pkceRequired',
  'pkceSupported',
  'requiresReauthentication',
  'requiresPushedAuthorizationRequests',
  'skipConsent',
  'isGroupRestricted',
  'type',
  'hasLaunchUrl',
] as const
/** A filter of client lists. */
export type ClientFilter = (typeof clientFilters)[number]

/** A sort key of client lists. */
export type ClientSort =
  | Exclude<ClientFilter, 'hasLaunchUrl'>
  | 'createdAt'
  | 'name'
  | 'allowedGroupCount'
  /** The time of the user's last sign-in at the client; unused clients come last by name in both directions. */
  | 'lastUsedAt'

/** The scope of a client list. */
export type ClientScope =
  | { readonly of: 'everybody' }
  /** Clients that members of these groups may use. */
  | { readonly of: 'usable'; readonly accountId: string; readonly groupIds: readonly string[] }
  /** Clients that the account has given consent to. */
  | { readonly of: 'consented'; readonly accountId: string }
  /** Clients with or without a grant for the API. */
  | { readonly of: 'granted' | 'ungranted'; readonly apiId: string }

/** Filter, page and order of a client list. */
export interface ClientListRequest {
  readonly scope: ClientScope
  /** Starts at 1; a page after the last one returns the last page. */
  readonly page: number
  /** Clients per page. */
  readonly limit: number
  /** `null` sorts by creation time. */
  readonly sort: { readonly by: ClientSort; readonly descending: boolean } | null
  /** Allowed values by filter; an empty list matches all clients. */
  readonly filters: Readonly<Partial<Record<ClientFilter, readonly (string | number | boolean)[]>>>
  /** A case-insensitive part of the name, or of a host of the client unless the list is one account's. Empty for all. */
  readonly search: string
  /** Restricts the list to these clients. */
  readonly onlyIds?: readonly string[] | undefined
}

/** A client in a list, with the consent of the account if the list is limited to an account. */
export interface ListedClient {
  readonly client: ClientRecord
  readonly allowedGroupCount: number
  readonly consent: Pick<Consent, 'scopes' | 'updatedAt'> | null
}

/** A page of clients and the total count. */
export interface ClientList {
  readonly items: readonly ListedClient[]
  /** Total count of all pages. */
  readonly total: number
}

/** Normalizes a name for a search that ignores case and Unicode form. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** The hosts of the client, lower case: of its redirect URIs, launch URL and protected site. */
export function hostsOf({ redirectUris, launchUrl, protocol }: ClientRecord): readonly string[] {
  const urls = [...redirectUris, launchUrl ?? ''].filter((url) => url.includes('://'))
  return [...urls.map((url) => url.split('/')[2] ?? ''), ...protocol.protectedHosts].map((host) => host.toLowerCase())
}

/** The number of clients before the page. */
export function offsetOf({ page, limit }: Pick<ClientListRequest, 'page' | 'limit'>, total: number): number {
  return (Math.min(page, Math.max(1, Math.ceil(total / limit))) - 1) * limit
}
