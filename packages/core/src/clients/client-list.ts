import type { Consent } from '../consents/consent.ts'
import type { ClientRecord } from './client.ts'

/** What clients can be told apart by: one of two values each, and the type. */
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
/** Which clients to list. */
export type ClientFilter = (typeof clientFilters)[number]

/** What a list of clients can be sorted by. */
export type ClientSort =
  | Exclude<ClientFilter, 'hasLaunchUrl'>
  | 'createdAt'
  | 'name'
  | 'allowedGroupCount'
  /** When the person has last gone through to the client; who never did comes last in both directions. */
  | 'lastUsedAt'

/** Which clients a list is about. */
export type ClientScope =
  | { readonly of: 'everybody' }
  /** Those that a member of these groups may use. */
  | { readonly of: 'usable'; readonly accountId: string; readonly groupIds: readonly string[] }
  /** Those that the account has allowed something. */
  | { readonly of: 'consented'; readonly accountId: string }
  /** Those that have a grant for the API, and those that have none. */
  | { readonly of: 'granted' | 'ungranted'; readonly apiId: string }

export interface ClientListRequest {
  readonly scope: ClientScope
  /** From 1 on; a page beyond the last one is the last one. */
  readonly page: number
  /** Clients a page. */
  readonly limit: number
  /** `null` is the order in which they were created. */
  readonly sort: { readonly by: ClientSort; readonly descending: boolean } | null
  /** For each the values of which one has to match; none matches everything. */
  readonly filters: Readonly<Partial<Record<ClientFilter, readonly (string | number | boolean)[]>>>
  /** A part of the name, whatever the case of its letters. Empty where everything is wanted. */
  readonly search: string
}

/** A client in a list, and the account's consent where the list is about one. */
export interface ListedClient {
  readonly client: ClientRecord
  readonly allowedGroupCount: number
  readonly consent: Pick<Consent, 'scopes' | 'updatedAt'> | null
}

/** One page of clients, and how many there are. */
export interface ClientList {
  readonly items: readonly ListedClient[]
  /** How many there are on all pages. */
  readonly total: number
}

/** What makes a name be found: its letters, not their case or how they are encoded. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** How many clients come before the page. */
export function offsetOf({ page, limit }: Pick<ClientListRequest, 'page' | 'limit'>, total: number): number {
  return (Math.min(page, Math.max(1, Math.ceil(total / limit))) - 1) * limit
}
